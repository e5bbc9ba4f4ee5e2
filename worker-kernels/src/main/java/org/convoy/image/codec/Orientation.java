package org.convoy.image.codec;

/**
 * How to turn a stored picture upright: EXIF's orientation (TIFF tag 0x0112), in the order of its
 * numbers from 1.
 */
enum Orientation {
  UPRIGHT,
  MIRRORED,
  HALF_TURN,
  UPSIDE_DOWN,
  TRANSPOSED,
  TURN_RIGHT,
  TRANSVERSED,
  TURN_LEFT;

  /** Any number outside 1 to 8 leaves the picture as it is, as viewers do. */
  static Orientation of(long number) {
    return number >= 1 && number <= values().length ? values()[(int) number - 1] : UPRIGHT;
  }

  /** Whether width and height are swapped. */
  boolean swapsSides() {
    return compareTo(TRANSPOSED) >= 0;
  }

  /** Writes the upright picture of a stored RGB one. */
  void turn(Raster stored, Raster upright) {
    int w = stored.width();
    int h = stored.height();
    upright.reshape(swapsSides() ? w : h, swapsSides() ? h : w, 3);
    // Pixel (y, x) of the upright picture is at first + y * down + x * right.
    int last = w * h - 1;
    switch (this) {
      case UPRIGHT -> copy(stored, upright, 0, w, 1);
      case MIRRORED -> copy(stored, upright, w - 1, w, -1);
      case HALF_TURN -> copy(stored, upright, last, -w, -1);
      case UPSIDE_DOWN -> copy(stored, upright, last - w + 1, -w, 1);
      case TRANSPOSED -> copy(stored, upright, 0, 1, w);
      case TURN_RIGHT -> copy(stored, upright, last - w + 1, 1, -w);
      case TRANSVERSED -> copy(stored, upright, last, -1, -w);
      case TURN_LEFT -> copy(stored, upright, w - 1, -1, w);
    }
  }

  private static void copy(Raster from, Raster to, int first, int down, int right) {
    byte[] in = from.pixels();
    byte[] out = to.pixels();
    int at = 0;
    for (int y = 0; y < to.height(); y++) {
      int pixel = first + y * down;
      for (int x = 0; x < to.width(); x++, pixel += right, at += 3) {
        out[at] = in[3 * pixel];
        out[at + 1] = in[3 * pixel + 1];
        out[at + 2] = in[3 * pixel + 2];
      }
    }
  }
}
