package org.convoy.kernels.vector;

/**
 * A convolution over planes of bfloat16 numbers with channels last, all channels of the source
 * behind each of the result, on the processor's tiles (AMX). {@code convolutions.cpp} says how its
 * gradient by weight is computed.
 *
 * <p>All memory is dense.
 *
 * @param channels of the source
 * @param outChannels of the result
 */
public record VectorConvolution(long samples, long channels, long outChannels, VectorWindow window)
    implements VectorWeightGradient {

  /**
   * @throws IllegalStateException if it is not {@link #possible}
   */
  public VectorConvolution {
    if (!possible()) {
      throw new IllegalStateException("expected a processor with tiles (AMX)");
    }
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
    return VectorCalls.convolutionScratchBytes(
        samples,
        channels,
        outChannels,
        window.height(),
        window.width(),
        window.outHeight(),
        window.outWidth(),
        window.kernelHeight(),
        window.kernelWidth(),
        window.strideHeight(),
        window.strideWidth(),
        window.padTop(),
        window.padLeft(),
        window.dilationHeight(),
        window.dilationWidth());
  }

  @Override
  public long work() {
    return samples * channels * outChannels * window.work();
  }

  @Override
  public void byWeight(long source, long slope, long result, long scratch) {
    VectorCalls.convolutionByWeight(
        samples,
        channels,
        outChannels,
        window.height(),
        window.width(),
        window.outHeight(),
        window.outWidth(),
        window.kernelHeight(),
        window.kernelWidth(),
        window.strideHeight(),
        window.strideWidth(),
        window.padTop(),
        window.padLeft(),
        window.dilationHeight(),
        window.dilationWidth(),
        source,
        slope,
        result,
        scratch);
  }
}
