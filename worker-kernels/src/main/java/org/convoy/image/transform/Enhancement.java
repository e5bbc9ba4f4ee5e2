package org.convoy.image.transform;

import org.convoy.image.codec.Raster;
import org.convoy.image.kernels.PixelEdits;
import org.convoy.image.kernels.PixelLibrary;

/**
 * Changes an image's values in place, with the same bytes as Pillow's ImageEnhance. Each value is
 * interpolated between a plainer image's value and its own, and extrapolated where the factor is
 * more than 1 ({@code Image.blend}; Pillow, src/libImaging/Blend.c).
 */
final class Enhancement {
  private Enhancement() {}

  /** Interpolates from black. */
  static Raster brightness(Raster image, double factor, RasterEditor editor) {
    return blendFrom(0, image, (float) factor, editor.table());
  }

  /** Interpolates from the mean of the grey image, a whole number. */
  static Raster contrast(Raster image, double factor, RasterEditor editor) {
    return blendFrom(meanOfGrey(image), image, (float) factor, editor.table());
  }

  /** Interpolates from the grey image. */
  static Raster saturation(Raster image, double factor) {
    if (image.channels() == 1) {
      return image;
    }
    float part = (float) factor;
    if (PixelLibrary.isThere()) {
      PixelEdits.saturate(image.address(), (long) image.height() * image.width(), part);
      return image;
    }
    byte[] pixels = image.pixels();
    for (int i = 0; i < image.size(); i += 3) {
      int grey = image.luma(i);
      for (int c = i; c < i + 3; c++) {
        pixels[c] = blend(grey, pixels[c] & 0xff, part);
      }
    }
    return image;
  }

  private static Raster blendFrom(int plain, Raster image, float part, byte[] table) {
    if (PixelLibrary.isThere()) {
      PixelEdits.blend(image.address(), image.size(), plain, part);
      return image;
    }
    for (int value = 0; value < table.length; value++) {
      table[value] = blend(plain, value, part);
    }
    byte[] pixels = image.pixels();
    for (int i = 0; i < image.size(); i++) {
      pixels[i] = table[pixels[i] & 0xff];
    }
    return image;
  }

  private static int meanOfGrey(Raster image) {
    return (int) ((double) sumOfGrey(image) / (image.height() * image.width()) + 0.5);
  }

  private static long sumOfGrey(Raster image) {
    if (PixelLibrary.isThere() && image.channels() == 3) {
      return PixelEdits.sumOfGrey(image.address(), (long) image.height() * image.width());
    }
    long sum = 0;
    for (int i = 0; i < image.size(); i += image.channels()) {
      sum += image.luma(i);
    }
    return sum;
  }

  /** Interpolates in single precision, and truncates to a whole number. */
  static byte blend(int plain, int value, float part) {
    float blended = plain + part * (value - plain);
    return (byte) (blended <= 0 ? 0 : blended >= 255 ? 255 : (int) blended);
  }
}
