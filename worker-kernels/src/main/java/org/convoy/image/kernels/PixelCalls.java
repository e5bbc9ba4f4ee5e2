package org.convoy.image.kernels;

/** The native functions, which are called by the classes of this package. */
final class PixelCalls {
  private PixelCalls() {}

  static native long openJpegDecoder();

  static native void closeJpegDecoder(long decoder);

  static native long decodeJpeg(
      long decoder,
      long file,
      long bytes,
      long eighths,
      long left,
      long top,
      long width,
      long height,
      long out);

  static native long skimJpeg(long decoder, long file, long bytes, long rows);

  static native long scaleScratchBytes(long[] sizes);

  static native void scale(long[] sizes, int[] columns, int[] rows);

  static native void pack(
      long source, long pixels, long channels, long tables, long numberBytes, long result);

  static native void mirror(long image, long height, long width, long channels);

  static native void blend(long values, long count, int plain, float part);

  static native long sumOfGrey(long image, long pixels);

  static native void saturate(long image, long pixels, float part);

  static native void turnHue(long image, long pixels, int steps);

  static native void transform(
      long source,
      long height,
      long width,
      long out,
      double a,
      double b,
      double c,
      double d,
      double e,
      double f);

  static native void sharpen(
      long source, long height, long rowBytes, long channels, float part, long out);
}
