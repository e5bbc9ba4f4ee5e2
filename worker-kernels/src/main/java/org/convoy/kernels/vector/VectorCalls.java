package org.convoy.kernels.vector;

/** The native library's functions, which are called by the records of this package. */
final class VectorCalls {
  private VectorCalls() {}

  static native long normScratchBytes(long samples, long channels, long positions, boolean blocked);

  static native void normForward(
      long samples,
      long channels,
      long positions,
      boolean blocked,
      boolean bfloat16,
      int activation,
      float epsilon,
      long source,
      long addend,
      long scale,
      long shift,
      long mean,
      long variance,
      long result,
      long scratch);

  static native void normBackward(
      long samples,
      long channels,
      long positions,
      boolean blocked,
      boolean bfloat16,
      int activation,
      float epsilon,
      long source,
      long result,
      long slope,
      long scale,
      long shift,
      long mean,
      long variance,
      long masked,
      long bySource,
      long byScale,
      long byShift,
      long scratch);

  static native long depthwiseScratchBytes(
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
      boolean blocked);

  static native void depthwiseByWeight(
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
      boolean bfloat16,
      long source,
      long slope,
      long result,
      long scratch);

  static native boolean convolutionIsPossible();

  static native long convolutionScratchBytes(
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
      int dilationWidth);

  static native void convolutionByWeight(
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
      int dilationWidth,
      long source,
      long slope,
      long result,
      long scratch);

  static native void productBackward(
      long samples,
      long channels,
      long positions,
      boolean blocked,
      boolean bfloat16,
      long source,
      long slope,
      long factors,
      long bySource,
      long byFactors);

  static native void evict(long address, long bytes);
}
