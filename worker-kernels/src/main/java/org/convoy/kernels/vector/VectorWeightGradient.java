package org.convoy.kernels.vector;

/** A kernel for a convolution's weight gradient. */
public sealed interface VectorWeightGradient permits VectorConvolution, VectorDepthwise {

  /** Bytes that {@link #compute} needs meanwhile, with as many threads as OpenMP has now. */
  long scratchBytes();

  /** Multiplications and additions: two for each weight and position of the result. */
  long work();

  /**
   * Writes the weight gradient.
   *
   * @param source the address of what the convolution reads
   * @param gradient the address of its result's gradient
   * @param result the address of the float32 weight gradient, which lies as the weights do:
   *     result's channel, source's channel if there are several in a group, row, column
   */
  void compute(long source, long gradient, long result, long scratch);
}
