package org.convoy.image.codec;

import java.util.Locale;

/**
 * The bits of a pixel that hold one colour, scaled to 0 .. 255.
 *
 * @param shift number of lower bits
 * @param maximum the colour's largest value
 */
record BmpMask(int shift, long maximum) {

  /** An empty mask gives 0. */
  static BmpMask of(FileBytes file, long mask) throws RefusalException {
    if (mask == 0) {
      return new BmpMask(0, 0);
    }
    int shift = Long.numberOfTrailingZeros(mask);
    long maximum = mask >> shift;
    if ((maximum & (maximum + 1)) != 0) {
      throw file.refusal(String.format(Locale.ROOT, "a mask with a gap, %08x", mask));
    }
    return new BmpMask(shift, maximum);
  }

  byte of(long pixel) {
    return maximum == 0 ? 0 : (byte) ((pixel >> shift & maximum) * 255 / maximum);
  }
}
