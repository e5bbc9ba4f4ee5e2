package org.convoy.image.codec;

/** Samples of 1, 2 or 4 bits. The first sample is in the upper bits of a byte. */
final class PackedBits {
  private PackedBits() {}

  static int get(byte[] row, int index, int depth) {
    int bit = index * depth;
    return (row[bit >> 3] & 0xff) >> (8 - depth - (bit & 7)) & ((1 << depth) - 1);
  }

  /** A sample of {@code depth} bits, scaled to 0 .. 255. */
  static byte spread(int value, int depth) {
    return (byte) (value * 255 / ((1 << depth) - 1));
  }
}
