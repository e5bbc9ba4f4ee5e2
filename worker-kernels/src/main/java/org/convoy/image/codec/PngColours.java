package org.convoy.image.codec;

import java.util.Locale;

/**
 * How the samples of a PNG become RGB. Samples of fewer than 8 bits are scaled to 8; samples of 16
 * bits are cut to the upper 8. (Pillow saturates 16-bit grey instead, which makes nearly all of it
 * white.)
 *
 * @param type 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha
 * @param depth bits of a sample
 * @param palette red, green and blue of each colour
 */
record PngColours(int type, int depth, byte[] palette) {
  private static final int GREY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int GREY_ALPHA = 4;
  private static final int RGB_ALPHA = 6;

  static PngColours of(FileBytes file, int type, int depth) throws RefusalException {
    boolean known =
        switch (type) {
          case GREY -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
          case PALETTE -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
          case RGB, GREY_ALPHA, RGB_ALPHA -> depth == 8 || depth == 16;
          default -> false;
        };
    if (!known) {
      throw file.refusal(
          String.format(Locale.ROOT, "colour type %d with %d bits per sample", type, depth));
    }
    return new PngColours(type, depth, new byte[0]);
  }

  /** These colours with the palette of a chunk. Pictures without indexes do not use it. */
  PngColours withPalette(FileBytes file, int from, int length) throws RefusalException {
    if (length % 3 != 0 || length > 3 * 256) {
      throw file.refusal("a palette of " + length + " bytes");
    }
    byte[] colours = new byte[length];
    System.arraycopy(file.array(), from, colours, 0, length);
    return new PngColours(type, depth, colours);
  }

  void check(FileBytes file) throws RefusalException {
    if (type == PALETTE && palette.length == 0) {
      throw file.refusal("no palette");
    }
  }

  int bitsPerPixel() {
    return depth * samples();
  }

  private int samples() {
    return switch (type) {
      case RGB -> 3;
      case GREY_ALPHA -> 2;
      case RGB_ALPHA -> 4;
      default -> 1;
    };
  }

  /** Writes a row of pixels, {@code step} bytes apart. */
  void toRgb(FileBytes file, byte[] row, int pixels, byte[] rgb, int to, int step)
      throws RefusalException {
    if (type == PALETTE) {
      paletteToRgb(file, row, pixels, rgb, to, step);
      return;
    }
    if (type == RGB && depth == 8 && step == 3) {
      System.arraycopy(row, 0, rgb, to, 3 * pixels);
      return;
    }
    boolean colour = type == RGB || type == RGB_ALPHA;
    int samples = samples();
    int at = to;
    for (int x = 0; x < pixels; x++, at += step) {
      byte first = sample(row, x * samples);
      rgb[at] = first;
      rgb[at + 1] = colour ? sample(row, x * samples + 1) : first;
      rgb[at + 2] = colour ? sample(row, x * samples + 2) : first;
    }
  }

  private void paletteToRgb(FileBytes file, byte[] row, int pixels, byte[] rgb, int to, int step)
      throws RefusalException {
    int at = to;
    for (int x = 0; x < pixels; x++, at += step) {
      int colour = 3 * (depth == 8 ? row[x] & 0xff : PackedBits.get(row, x, depth));
      if (colour >= palette.length) {
        throw file.refusal(
            String.format(
                Locale.ROOT, "colour %d of a palette of %d", colour / 3, palette.length / 3));
      }
      rgb[at] = palette[colour];
      rgb[at + 1] = palette[colour + 1];
      rgb[at + 2] = palette[colour + 2];
    }
  }

  private byte sample(byte[] row, int index) {
    return switch (depth) {
      case 8 -> row[index];
      case 16 -> row[2 * index];
      default -> PackedBits.spread(PackedBits.get(row, index, depth), depth);
    };
  }
}
