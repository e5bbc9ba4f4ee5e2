package org.convoy.image.transform;

import org.convoy.image.codec.Raster;

/**
 * Takes an image from a smoothed one towards itself, and beyond it where the factor is more than 1,
 * to the byte as Pillow's ImageEnhance.Sharpness. Smooth is the mean of a pixel, five times, and
 * its eight neighbours, in single precision and Pillow's order of sums; pixels of the border stay
 * as they are.
 */
record Sharpness(double factor) implements Edit {
  private static final float NEIGHBOUR = 1 / 13f;
  private static final float MIDDLE = 5 / 13f;

  @Override
  public long bytes(int imageHeight, int imageWidth) {
    return (long) imageHeight * imageWidth;
  }

  @Override
  public Raster apply(Raster image, RasterEditor editor) {
    Raster out = editor.scratchFor(image);
    byte[] from = image.pixels();
    byte[] to = out.pixels();
    int row = image.rowBytes();
    int pixel = image.channels();
    float part = (float) factor;
    System.arraycopy(from, 0, to, 0, image.size());
    for (int y = 1; y < image.height() - 1; y++) {
      for (int i = y * row + pixel; i < (y + 1) * row - pixel; i++) {
        float sum = 0.5f;
        sum += across(from, i + row, pixel, NEIGHBOUR);
        sum += across(from, i, pixel, MIDDLE);
        sum += across(from, i - row, pixel, NEIGHBOUR);
        to[i] = Enhancement.blend((int) sum, from[i] & 0xff, part);
      }
    }
    return out;
  }

  private static float across(byte[] pixels, int at, int pixel, float middle) {
    return (pixels[at - pixel] & 0xff) * NEIGHBOUR
        + (pixels[at] & 0xff) * middle
        + (pixels[at + pixel] & 0xff) * NEIGHBOUR;
  }
}
