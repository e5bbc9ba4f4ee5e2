package org.convoy.kernels.vector;

/**
 * The native library's functions, which are called by the classes of this package. Sizes travel as
 * one array, whose order the C++ struct of the same kernel repeats.
 */
final class VectorCalls {
  private VectorCalls() {}

  static native long normScratchBytes(long[] sizes);

  static native void normForward(
      long[] sizes,
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
      long[] sizes,
      float epsilon,
      long source,
      long result,
      long gradient,
      long scale,
      long shift,
      long mean,
      long variance,
      long masked,
      long sourceGradient,
      long scaleGradient,
      long shiftGradient,
      long scratch);

  static native long depthwiseScratchBytes(long[] sizes);

  static native void depthwiseWeightGradient(
      long[] sizes, long source, long gradient, long result, long scratch);

  static native boolean convolutionIsPossible();

  static native long convolutionScratchBytes(long[] sizes);

  static native void convolutionWeightGradient(
      long[] sizes, long source, long gradient, long result, long scratch);

  static native void productBackward(
      long[] sizes,
      long source,
      long gradient,
      long factors,
      long sourceGradient,
      long factorGradient);

  static native void bfloat16Round(long numbers, long count);

  static native void bfloat16Pack(long numbers, long words, long count);

  static native void bfloat16Unpack(long words, long numbers, long count);

  static native void treeSum(
      long[] operands, long operandCount, long bfloat16, long result, long count);

  static native void evict(long address, long bytes);
}
