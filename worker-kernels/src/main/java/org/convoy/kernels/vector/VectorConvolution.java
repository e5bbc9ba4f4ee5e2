package org.convoy.kernels.vector;

import java.util.stream.LongStream;

/**
 * The weight gradient of a convolution over planes of bfloat16 numbers with channels last, all
 * channels of the source behind each of the result, on the processor's tiles (AMX). {@code
 * convolutions.cpp} says how it is computed. All memory is dense.
 */
public final class VectorConvolution implements VectorWeightGradient {
  private final long[] sizes;
  private final long work;

  /**
   * @param channels of the source
   * @param outChannels of the result
   * @throws IllegalStateException if it is not {@link #possible}
   */
  public VectorConvolution(long samples, long channels, long outChannels, VectorWindow window) {
    if (!possible()) {
      throw new IllegalStateException("expected a processor with tiles (AMX)");
    }
    this.sizes =
        LongStream.concat(LongStream.of(samples, channels, outChannels), window.sizes()).toArray();
    this.work = samples * channels * outChannels * window.work();
  }

  /**
   * Whether the processor has tiles and the system lets this process use them, for which it asks.
   */
  public static boolean possible() {
    VectorLibrary.require(true);
    return Tiles.THERE;
  }

  /** Asks once. */
  private static final class Tiles {
    static final boolean THERE = VectorCalls.convolutionIsPossible();
  }

  @Override
  public long scratchBytes() {
    return VectorCalls.convolutionScratchBytes(sizes);
  }

  @Override
  public long work() {
    return work;
  }

  @Override
  public void compute(long source, long gradient, long result, long scratch) {
    VectorCalls.convolutionWeightGradient(sizes, source, gradient, result, scratch);
  }
}
