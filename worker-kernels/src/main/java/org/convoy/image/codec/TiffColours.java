package org.convoy.image.codec;

import java.util.Locale;

/**
 * Converts the samples of a pixel to RGB by PhotometricInterpretation, ColorMap and ExtraSamples of
 * TIFF 6.0. Colours that were multiplied by alpha are divided by it; other alpha is dropped.
 *
 * @param kind PhotometricInterpretation
 * @param depth bits of a sample after unpacking, at most 8
 * @param palette red, green and blue of each index
 * @param alpha index of the sample that the colours were multiplied by, or -1
 */
record TiffColours(int kind, int depth, byte[] palette, int alpha) {
  private static final int PHOTOMETRIC = 262;
  private static final int COLOUR_MAP = 320;
  private static final int INK_SET = 332;
  private static final int EXTRA_SAMPLES = 338;
  private static final int WHITE_IS_ZERO = 0;
  private static final int BLACK_IS_ZERO = 1;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int CMYK = 5;
  private static final int ASSOCIATED_ALPHA = 1;

  static TiffColours of(TiffDirectory tags, int samples, int bits) throws RefusalException {
    FileBytes file = tags.file();
    int kind = (int) Math.min(tags.value(PHOTOMETRIC, -1), 1 << 16);
    int colours =
        switch (kind) {
          case WHITE_IS_ZERO, BLACK_IS_ZERO, PALETTE -> 1;
          case RGB -> 3;
          case CMYK -> 4;
          case 6 -> throw file.refusal("colours stored as YCbCr");
          case 8, 9, 10 -> throw file.refusal("colours stored as L*a*b*");
          default -> throw file.refusal("photometric interpretation " + kind);
        };
    if (samples < colours || (colours > 1 && bits < 8) || (kind == PALETTE && bits > 8)) {
      throw file.refusal(
          String.format(
              Locale.ROOT,
              "photometric interpretation %d with %d samples of %d bits",
              kind,
              samples,
              bits));
    }
    if (kind == CMYK && tags.value(INK_SET, 1) != 1) {
      throw file.refusal("inks other than CMYK");
    }
    boolean multiplied =
        samples > colours && bits >= 8 && tags.value(EXTRA_SAMPLES, 0) == ASSOCIATED_ALPHA;
    byte[] palette = kind == PALETTE ? palette(tags, 1 << bits) : new byte[0];
    return new TiffColours(kind, Math.min(bits, 8), palette, multiplied ? colours : -1);
  }

  /** The map holds all reds, then all greens, then all blues, of 16 bits each. */
  private static byte[] palette(TiffDirectory tags, int colours) throws RefusalException {
    long[] map = tags.values(COLOUR_MAP);
    if (map.length < 3 * colours) {
      throw tags.file()
          .refusal(String.format(Locale.ROOT, "a colour map of %d values", map.length));
    }
    byte[] palette = new byte[3 * colours];
    for (int i = 0; i < colours; i++) {
      for (int c = 0; c < 3; c++) {
        palette[3 * i + c] = (byte) (map[c * colours + i] >> 8);
      }
    }
    return palette;
  }

  /** Writes one pixel. */
  void toRgb(int[] pixel, byte[] rgb, int at) {
    for (int c = 0; c < 3; c++) {
      int value =
          switch (kind) {
            case RGB -> pixel[c];
            case PALETTE -> palette[3 * pixel[0] + c] & 0xff;
            case CMYK -> (255 - pixel[c]) * (255 - pixel[3]) / 255;
            case WHITE_IS_ZERO -> 255 - spread(pixel[0]);
            default -> spread(pixel[0]);
          };
      rgb[at + c] = (byte) (alpha < 0 ? value : divided(value, pixel[alpha]));
    }
  }

  private int spread(int value) {
    return PackedBits.spread(value, depth) & 0xff;
  }

  private static int divided(int value, int alpha) {
    return alpha == 0 ? 0 : Math.min(255, value * 255 / alpha);
  }
}
