package org.convoy.image.transform;

import java.util.Arrays;
import org.convoy.image.codec.Raster;

/**
 * Replaces each value of a channel by another, in place, with the same bytes as Pillow's ImageOps.
 * Equalizing and stretching use the histogram of each channel separately.
 */
final class Tones {
  private static final int VALUES = 256;

  private Tones() {}

  /** Keeps the upper bits of each value. */
  static Raster posterize(Raster image, int bits) {
    int mask = -(1 << (8 - bits));
    byte[] pixels = image.pixels();
    for (int i = 0; i < image.size(); i++) {
      pixels[i] &= (byte) mask;
    }
    return image;
  }

  /** Inverts the values at or above the threshold. */
  static Raster solarize(Raster image, double threshold) {
    byte[] pixels = image.pixels();
    for (int i = 0; i < image.size(); i++) {
      int value = pixels[i] & 0xff;
      pixels[i] = (byte) (value < threshold ? value : 255 - value);
    }
    return image;
  }

  /** Stretches the range from the least to the greatest value to 0 .. 255. */
  static Raster autoContrast(Raster image, RasterEditor editor) {
    for (int channel = 0; channel < image.channels(); channel++) {
      int[] counts = count(image, channel, editor.counts());
      int least = 0;
      int greatest = VALUES - 1;
      while (counts[least] == 0) {
        least++;
      }
      while (counts[greatest] == 0) {
        greatest--;
      }
      if (least < greatest) {
        double scale = 255.0 / (greatest - least);
        double offset = -least * scale;
        byte[] table = editor.table();
        for (int value = 0; value < VALUES; value++) {
          table[value] = (byte) Math.max(0, Math.min(255, (int) (value * scale + offset)));
        }
        replace(image, channel, table);
      }
    }
    return image;
  }

  /** Spreads the values so that each part of their range is used about equally often. */
  static Raster equalize(Raster image, RasterEditor editor) {
    for (int channel = 0; channel < image.channels(); channel++) {
      int[] counts = count(image, channel, editor.counts());
      int greatest = VALUES - 1;
      while (counts[greatest] == 0) {
        greatest--;
      }
      int pixels = image.height() * image.width();
      int step = (pixels - counts[greatest]) / 255;
      if (step > 0) {
        byte[] table = editor.table();
        int below = step / 2;
        for (int value = 0; value < VALUES; value++) {
          table[value] = (byte) Math.min(255, below / step);
          below += counts[value];
        }
        replace(image, channel, table);
      }
    }
    return image;
  }

  private static int[] count(Raster image, int channel, int[] counts) {
    Arrays.fill(counts, 0);
    byte[] pixels = image.pixels();
    for (int i = channel; i < image.size(); i += image.channels()) {
      counts[pixels[i] & 0xff]++;
    }
    return counts;
  }

  private static void replace(Raster image, int channel, byte[] table) {
    byte[] pixels = image.pixels();
    for (int i = channel; i < image.size(); i += image.channels()) {
      pixels[i] = table[pixels[i] & 0xff];
    }
  }
}
