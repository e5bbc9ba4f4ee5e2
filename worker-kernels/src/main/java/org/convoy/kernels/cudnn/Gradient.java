package org.convoy.kernels.cudnn;

/**
 * The gradient of a node's result.
 *
 * @param exclusive whether nobody else will read the tensor, so that it may be overwritten
 */
record Gradient(Tensor tensor, boolean exclusive) {

  /** Where to write something of the same size that is computed from it, element by element. */
  Tensor place(Lowering lowering) {
    return exclusive ? tensor : lowering.allocate(tensor.desc());
  }
}
