package org.convoy.kernels.onednn;

/**
 * The gradient of a node's result.
 *
 * @param exclusive whether nobody else will read the tensor, so that it may be overwritten
 */
record Gradient(Tensor tensor, boolean exclusive) {

  /** The gradient in another layout. A copy has no other reader. */
  Gradient in(Lowering lowering, Desc wanted) {
    Tensor laid = lowering.convert(tensor, wanted);
    return new Gradient(laid, exclusive || laid != tensor);
  }

  /**
   * Where to write something of the same layout that is computed from the gradient: over it, if
   * nobody else reads it.
   */
  Tensor place(Lowering lowering) {
    return exclusive ? tensor : lowering.allocate(tensor.desc());
  }
}
