package org.convoy.kernels.vector;

/**
 * A convolution over planes in which every channel is a group of its own, with one filter each.
 * {@code depthwise.cpp} says how its gradient by weight is computed.
 *
 * <p>All memory is dense. Source and slope are float32 or bfloat16, gradients are float32.
 *
 * @param blocked whether channels lie in blocks of a vector register, padded with zeros, else
 *     channels are last
 * @param bfloat16 which the library has to be loaded for
 */
public record VectorDepthwise(
    long samples, long channels, VectorWindow window, boolean blocked, boolean bfloat16)
    implements VectorWeightGradient {

  public VectorDepthwise {
    VectorLibrary.require(bfloat16);
  }

  @Override
  public long scratchBytes() {
    return VectorCalls.depthwiseScratchBytes(
        samples,
        channels,
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
        blocked);
  }

  @Override
  public long work() {
    return samples * channels * window.work();
  }

  @Override
  public void byWeight(long source, long slope, long result, long scratch) {
    VectorCalls.depthwiseByWeight(
        samples,
        channels,
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
        blocked,
        bfloat16,
        source,
        slope,
        result,
        scratch);
  }
}
