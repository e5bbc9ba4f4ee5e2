package org.convoy.image.kernels;

/**
 * Changes of colours and affine maps, as {@code augmenting.cpp} says. Images are dense, and at
 * least 32 bytes behind each are readable.
 */
public final class PixelEdits {
  private PixelEdits() {}

  /**
   * Interpolates from one value to each of many, in place. The result is clipped and truncated.
   *
   * @param part of the way, more than 1 to extrapolate
   */
  public static void blend(long values, long count, int plain, float part) {
    PixelLibrary.require();
    PixelCalls.blend(values, count, plain, part);
  }

  /** The sum of the grey of RGB pixels, each rounded by itself. */
  public static long sumOfGrey(long image, long pixels) {
    PixelLibrary.require();
    return PixelCalls.sumOfGrey(image, pixels);
  }

  /** Interpolates from the grey of each RGB pixel to the pixel, in place. */
  public static void saturate(long image, long pixels, float part) {
    PixelLibrary.require();
    PixelCalls.saturate(image, pixels, part);
  }

  /**
   * Rotates the hue of RGB pixels, in place.
   *
   * @param steps of 256 in the circle
   */
  public static void turnHue(long image, long pixels, int steps) {
    PixelLibrary.require();
    PixelCalls.turnHue(image, pixels, steps);
  }

  /**
   * Takes the RGB pixel at (x, y) from (a x + b y + c, d x + e y + f) of an image of the same size,
   * bilinear, black outside.
   *
   * @param map a to f
   */
  public static void transform(long source, int height, int width, long out, double[] map) {
    PixelLibrary.require();
    PixelCalls.transform(
        source, height, width, out, map[0], map[1], map[2], map[3], map[4], map[5]);
  }

  /**
   * Interpolates from a smoothed image to the image itself. The border stays.
   *
   * @param out address of the result
   */
  public static void sharpen(
      long source, int height, int rowBytes, int channels, float part, long out) {
    PixelLibrary.require();
    PixelCalls.sharpen(source, height, rowBytes, channels, part, out);
  }
}
