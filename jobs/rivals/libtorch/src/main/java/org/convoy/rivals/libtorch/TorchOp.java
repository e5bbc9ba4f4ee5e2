package org.convoy.rivals.libtorch;

import org.bytedeco.pytorch.Tensor;

/** One node of a network as a function of tensors. */
@FunctionalInterface
interface TorchOp {
  /**
   * A new tensor, or a new handle to an input that was overwritten.
   *
   * @param inputs each (batch, channels, spatial...)
   */
  Tensor apply(Tensor[] inputs, boolean training);
}
