package org.convoy.kernels.vector;

import java.util.stream.LongStream;

/**
 * The planes that a convolution reads and writes, and the window that it moves over them.
 *
 * @param height of the source
 * @param outHeight of the result
 * @param padTop rows of zeros above the source; those below follow from the other sizes
 * @param padLeft columns of zeros left of the source
 * @param dilationHeight rows from one tap to the next, 1 for a dense window
 */
public record VectorWindow(
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
    int dilationWidth) {

  /** Multiplications and additions for each channel of a sample: two for each tap and position. */
  long work() {
    return 2 * outHeight * outWidth * kernelHeight * kernelWidth;
  }

  /** What the native library reads: the sizes of the rows, then those of the columns. */
  LongStream sizes() {
    return LongStream.of(
        height,
        outHeight,
        kernelHeight,
        strideHeight,
        padTop,
        dilationHeight,
        width,
        outWidth,
        kernelWidth,
        strideWidth,
        padLeft,
        dilationWidth);
  }
}
