package org.convoy.artifact;

import java.util.List;
import java.util.OptionalLong;

/**
 * Refuses tensors that hold NaN or an infinity. Whoever saves asks first, so that weights that were
 * lost never take the place of sound ones.
 */
public final class FiniteTensors {
  private FiniteTensors() {}

  /**
   * Looks at every element; other types than float32 hold none that is not finite here.
   *
   * @throws NotFiniteException naming the first tensor that has one, and the element
   */
  public static void require(List<Tensor> tensors) {
    for (Tensor tensor : tensors) {
      if (tensor.type() == ElementType.F32) {
        OptionalLong bad = ArrayMemory.firstNotFinite(tensor.array());
        if (bad.isPresent()) {
          long at = bad.getAsLong();
          throw new NotFiniteException(
              "tensor " + tensor.name(), at, ArrayMemory.floatAt(tensor.array(), at));
        }
      }
    }
  }
}
