package org.convoy.image.transform;

import org.convoy.image.codec.Raster;
import org.convoy.image.kernels.PixelEdits;
import org.convoy.image.kernels.PixelLibrary;

/**
 * Interpolates between a smoothed image and the image itself, and extrapolates where the factor is
 * more than 1, with the same bytes as Pillow's ImageEnhance.Sharpness. The smoothed value is the
 * mean of a pixel with weight five and its eight neighbours, in single precision and in Pillow's
 * order of sums. Pixels of the border do not change.
 */
record Sharpness(double factor) implements Edit {
  private static final float NEIGHBOUR = 1 / 13f;
  private static final float MIDDLE = 5 / 13f;

  @Override
  public long bytes(int imageHeight, int imageWidth) {
    return 2L * imageHeight * imageWidth;
  }

  @Override
  public Raster apply(Raster image, RasterEditor editor) {
    Raster out = editor.scratchFor(image);
    if (PixelLibrary.isThere()) {
      PixelEdits.sharpen(
          image.address(),
          image.height(),
          image.rowBytes(),
          image.channels(),
          (float) factor,
          out.freshAddress());
      return out;
    }
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
