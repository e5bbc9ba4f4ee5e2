package org.convoy.image.transform;

import org.convoy.image.codec.Raster;
import org.convoy.image.kernels.PixelEdits;
import org.convoy.image.kernels.PixelLibrary;

/**
 * Rotates the hue of an image in place, with the same bytes as torchvision's adjust_hue of a Pillow
 * image. Each pixel is converted to hue, saturation and value of 8 bits each. The hue moves and
 * wraps around, and the pixel is converted back to RGB (Pillow, src/libImaging/Convert.c). So even
 * a rotation by 0 rounds.
 */
final class Hue {
  private Hue() {}

  /**
   * Rotates the hue. A grey image does not change.
   *
   * @param part of the circle, -0.5 to 0.5
   */
  static Raster turn(Raster image, double part) {
    if (image.channels() == 3) {
      int steps = (int) (part * 255);
      if (PixelLibrary.isThere()) {
        PixelEdits.turnHue(image.address(), (long) image.height() * image.width(), steps);
        return image;
      }
      byte[] pixels = image.pixels();
      for (int i = 0; i < image.size(); i += 3) {
        turn(pixels, i, steps);
      }
    }
    return image;
  }

  private static void turn(byte[] pixels, int at, int steps) {
    int red = pixels[at] & 0xff;
    int green = pixels[at + 1] & 0xff;
    int blue = pixels[at + 2] & 0xff;
    int most = Math.max(red, Math.max(green, blue));
    int range = most - Math.min(red, Math.min(green, blue));
    int saturation = range == 0 ? 0 : (int) ((float) range / most * 255.0);
    if (saturation == 0) {
      put(pixels, at, most, most, most);
      return;
    }
    int hue = (hue(red, green, blue, most, range) + steps) & 0xff;
    write(pixels, at, hue, saturation, most);
  }

  /**
   * RGB of 0 to 255. Sums use double precision; their operands and results use single precision.
   */
  private static int hue(int red, int green, int blue, int most, float range) {
    float fromRed = (most - red) / range;
    float fromGreen = (most - green) / range;
    float fromBlue = (most - blue) / range;
    float sextant;
    if (red == most) {
      sextant = fromBlue - fromGreen;
    } else if (green == most) {
      sextant = (float) (2.0 + fromRed - fromBlue);
    } else {
      sextant = (float) (4.0 + fromGreen - fromRed);
    }
    double turns = sextant / 6.0 + 1.0;
    float circle = (float) (turns < 1 ? turns : turns - 1);
    return Math.min(255, (int) (circle * 255.0));
  }

  private static void write(byte[] pixels, int at, int hue, int saturation, int value) {
    int sextant = (int) (hue * 6.0 / 255.0);
    float rest = (float) (hue * 6.0 / 255.0 - sextant);
    float part = (float) (saturation / 255.0);
    int least = rounded(value * (1.0 - part));
    int falling = rounded(value * (1.0 - part * rest));
    int rising = rounded(value * (1.0 - part * (1.0 - rest)));
    switch (sextant % 6) {
      case 0 -> put(pixels, at, value, rising, least);
      case 1 -> put(pixels, at, falling, value, least);
      case 2 -> put(pixels, at, least, value, rising);
      case 3 -> put(pixels, at, least, falling, value);
      case 4 -> put(pixels, at, rising, least, value);
      default -> put(pixels, at, value, least, falling);
    }
  }

  /** Rounds a non-negative value, half away from zero. */
  private static int rounded(double value) {
    return Math.min(255, (int) Math.floor(value + 0.5));
  }

  private static void put(byte[] pixels, int at, int red, int green, int blue) {
    pixels[at] = (byte) red;
    pixels[at + 1] = (byte) green;
    pixels[at + 2] = (byte) blue;
  }
}
