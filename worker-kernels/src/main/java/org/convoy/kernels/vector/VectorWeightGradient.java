package org.convoy.kernels.vector;

/** A kernel for a convolution's gradient by weight. */
public sealed interface VectorWeightGradient permits VectorConvolution, VectorDepthwise {

  /** Bytes that {@link #byWeight} needs meanwhile, with as many threads as OpenMP has now. */
  long scratchBytes();

  /** Multiplications and additions: two for each weight and position of the result. */
  long work();

  /**
   * Writes the gradient by weight.
   *
   * @param source the address of what the convolution reads
   * @param slope the address of its result's gradient
   * @param result the address of the float32 gradient, which lies as the weights do: result's
   *     channel, source's channel if there are several in a group, row, column
   */
  void byWeight(long source, long slope, long result, long scratch);
}
