package org.convoy.kernels.vector;

/**
 * A convolution over planes in which every channel is a group of its own, with one filter each.
 * {@code depthwise.cpp} says how its gradient by weight is computed.
 *
 * <p>All memory is dense. Source and slope are float32 or bfloat16, gradients are float32.
 *
 * @param outHeight of the result
 * @param padTop rows of zeros above the source; those below follow from the other sizes
 * @param padLeft columns of zeros left of the source
 * @param dilationHeight rows from one tap to the next, 1 for a dense window
 * @param blocked whether channels lie in blocks of a vector register, padded with zeros, else
 *     channels are last
 * @param bfloat16 which the library has to be loaded for
 */
public record VectorDepthwise(
    long samples,
    long channels,
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
    int dilationWidth,
    boolean blocked,
    boolean bfloat16)
    implements VectorWeightGradient {

  public VectorDepthwise {
    VectorLibrary.require(bfloat16);
  }

  @Override
  public long scratchBytes() {
    return VectorCalls.depthwiseScratchBytes(
        samples,
        channels,
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
        blocked);
  }

  @Override
  public long work() {
    return 2 * samples * channels * outHeight * outWidth * kernelHeight * kernelWidth;
  }

  @Override
  public void byWeight(long source, long slope, long result, long scratch) {
    VectorCalls.depthwiseByWeight(
        samples,
        channels,
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
        blocked,
        bfloat16,
        source,
        slope,
        result,
        scratch);
  }
}
