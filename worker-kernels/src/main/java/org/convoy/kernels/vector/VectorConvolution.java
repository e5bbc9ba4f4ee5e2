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
 * @param outHeight of the result
 * @param padTop rows of zeros above the source; those below follow from the other sizes
 * @param padLeft columns of zeros left of the source
 * @param dilationHeight rows from one tap to the next, 1 for a dense window
 */
public record VectorConvolution(
    long samples,
    long channels,
    long outChannels,
    long height,
    long width,
    long outHeight,
    long outWidth,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int padTop,
    int padLeft,
    int dilationHeight,
    int dilationWidth)
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
    return VectorCalls.convolutionIsPossible();
  }

  @Override
  public long scratchBytes() {
    return VectorCalls.convolutionScratchBytes(
        samples,
        channels,
        outChannels,
        height,
        width,
        outHeight,
        outWidth,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padTop,
        padLeft,
        dilationHeight,
        dilationWidth);
  }

  @Override
  public long work() {
    long taps = (long) kernelHeight * kernelWidth;
    return 2 * samples * channels * outChannels * outHeight * outWidth * taps;
  }

  @Override
  public void byWeight(long source, long slope, long result, long scratch) {
    VectorCalls.convolutionByWeight(
        samples,
        channels,
        outChannels,
        height,
        width,
        outHeight,
        outWidth,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padTop,
        padLeft,
        dilationHeight,
        dilationWidth,
        source,
        slope,
        result,
        scratch);
  }
}
