package org.convoy.artifact;

import java.util.List;
import java.util.OptionalLong;

/**
 * Refuses tensors that contain NaN or an infinity. Code that saves weights calls this first, so
 * that broken weights never replace sound ones.
 */
public final class FiniteTensors {
  private FiniteTensors() {}

  /**
   * Checks every element of the float32 tensors. Other tensors are not checked.
   *
   * @throws NotFiniteException naming the first tensor that is not finite, and the element
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
