package org.convoy.kernels.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Tensors as matrices with one row per channel and one column per position of a sample. Operations
 * that are the same at every position become matrix products or sums of rows.
 */
final class Matrices {
  private Matrices() {}

  /** {@code (batch, channels, spatial...)} as {@code (channels, batch * positions)}, a copy. */
  static INDArray of(INDArray tensor) {
    return channelsFirst(tensor)
        .dup('c')
        .reshape('c', tensor.size(1), tensor.length() / tensor.size(1));
  }

  /**
   * The inverse of {@link #of}: a view of the matrix.
   *
   * @param shape {@code (batch, channels, spatial...)}
   */
  static INDArray tensor(INDArray matrix, long... shape) {
    long[] swapped = shape.clone();
    swapped[0] = shape[1];
    swapped[1] = shape[0];
    return channelsFirst(matrix.reshape('c', swapped));
  }

  /** The tensor with its first two dimensions exchanged, a view. */
  static INDArray channelsFirst(INDArray tensor) {
    int[] order = new int[tensor.rank()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    order[0] = 1;
    order[1] = 0;
    return tensor.permute(order);
  }

  /** Rows {@code [from, to)} of a matrix in C order, a view. */
  static INDArray rows(INDArray matrix, long from, long to) {
    long columns = matrix.size(1);
    long[] shape = {to - from, columns};
    return view(matrix, from * columns, shape, new long[] {columns, 1});
  }

  /**
   * A view with its own strides, {@code from} elements after the tensor's first. ND4J counts
   * offsets from the beginning of the memory, even if the tensor is itself a view.
   */
  static INDArray view(INDArray tensor, long from, long[] shape, long[] strides) {
    return Nd4j.create(tensor.data(), shape, strides, tensor.offset() + from, 'c');
  }

  /** A vector as a column, to be added to or multiplied with every column of a matrix. */
  static INDArray column(INDArray vector) {
    return vector.reshape('c', vector.length(), 1);
  }

  /** The matrix product, in C order. */
  static INDArray product(INDArray left, INDArray right) {
    INDArray result =
        Nd4j.createUninitialized(left.dataType(), new long[] {left.size(0), right.size(1)}, 'c');
    multiply(left, right, result, 0);
    return result;
  }

  /**
   * {@code result = left right + keep result}. The result is in C order, but BLAS writes only F
   * order, so it computes the transposed product. {@link INDArray#mmul} would copy all three
   * matrices.
   */
  static void multiply(INDArray left, INDArray right, INDArray result, double keep) {
    Nd4j.gemm(right.transpose(), left.transpose(), result.transpose(), false, false, 1, keep);
  }
}
