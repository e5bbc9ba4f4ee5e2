package org.convoy.kernels.vector;

import java.util.stream.LongStream;

/**
 * The weight gradient of a convolution over planes in which every channel is a group of its own,
 * with one filter each. {@code depthwise.cpp} says how it is computed.
 *
 * <p>All memory is dense. The source and the result's gradient are float32 or bfloat16, the weight
 * gradient is float32.
 */
public final class VectorDepthwise implements VectorWeightGradient {
  private final long[] sizes;
  private final long work;

  /**
   * @param blocked whether channels lie in blocks of a vector register, padded with zeros, else
   *     channels are last
   * @param bfloat16 which the library has to be loaded for
   */
  public VectorDepthwise(
      long samples, long channels, VectorWindow window, boolean blocked, boolean bfloat16) {
    VectorLibrary.require(bfloat16);
    LongStream planes = LongStream.concat(LongStream.of(samples, channels), window.sizes());
    this.sizes =
        LongStream.concat(planes, LongStream.of(blocked ? 1 : 0, bfloat16 ? 1 : 0)).toArray();
    this.work = samples * channels * window.work();
  }

  @Override
  public long scratchBytes() {
    return VectorCalls.depthwiseScratchBytes(sizes);
  }

  @Override
  public long work() {
    return work;
  }

  @Override
  public void compute(long source, long gradient, long result, long scratch) {
    VectorCalls.depthwiseWeightGradient(sizes, source, gradient, result, scratch);
  }
}
