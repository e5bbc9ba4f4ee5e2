package org.convoy.image.codec;

import java.util.Locale;

/**
 * LZW as in TIFF 6.0, section 13: codes of 9 to 12 bits, most significant bit first, which become
 * wider one code early. A string is stored as the code of all bytes but the last, and the last
 * byte.
 */
final class TiffLzw {
  private static final int CLEAR = 256;
  private static final int END = 257;
  private static final int FIRST_FREE = 258;
  private static final int CODES = 4096;

  private final FileBytes file;
  private final int end;
  private final short[] prefix = new short[CODES];
  private final byte[] last = new byte[CODES];
  private final int[] length = new int[CODES];
  private int at;
  private long bits;
  private int bitCount;

  TiffLzw(FileBytes file, int from, int count) throws RefusalException {
    this.file = file;
    this.at = from;
    this.end = from + count;
    if (count >= 2 && file.unsigned8(from) == 0 && (file.unsigned8(from + 1) & 1) == 1) {
      throw file.refusal("LZW codes in the order of before TIFF 5.0");
    }
    for (int i = 0; i < CLEAR; i++) {
      last[i] = (byte) i;
      length[i] = 1;
    }
  }

  void expand(byte[] into) throws RefusalException {
    int done = 0;
    int free = FIRST_FREE;
    int width = 9;
    int previous = CLEAR;
    while (done < into.length) {
      int code = next(width, done, into.length);
      if (code == END) {
        throw TiffCompression.tooShort(file, done, into.length);
      }
      if (code == CLEAR) {
        free = FIRST_FREE;
        width = 9;
        previous = CLEAR;
        continue;
      }
      if (previous != CLEAR && free < CODES) {
        if (code > free) {
          throw file.refusal(
              String.format(Locale.ROOT, "LZW code %d where at most %d is known", code, free));
        }
        prefix[free] = (short) previous;
        length[free] = length[previous] + 1;
        last[free] = first(code == free ? previous : code);
        free++;
        if (free >= (1 << width) - 1 && width < 12) {
          width++;
        }
      }
      if (code >= free) {
        throw file.refusal(
            String.format(Locale.ROOT, "LZW code %d where at most %d is known", code, free - 1));
      }
      done += write(code, into, done);
      previous = code;
    }
  }

  private byte first(int code) {
    int at = code;
    while (at >= FIRST_FREE) {
      at = prefix[at];
    }
    return (byte) at;
  }

  /** Writes a string from its end, as far as it fits. */
  private int write(int code, byte[] into, int from) {
    int count = Math.min(length[code], into.length - from);
    int string = code;
    for (int i = length[code] - 1; i >= 0; i--) {
      if (i < count) {
        into[from + i] = last[string];
      }
      string = prefix[string];
    }
    return count;
  }

  private int next(int width, int done, int expected) throws RefusalException {
    while (bitCount < width) {
      if (at == end) {
        throw TiffCompression.tooShort(file, done, expected);
      }
      bits = bits << 8 | file.unsigned8(at++);
      bitCount += 8;
    }
    bitCount -= width;
    return (int) (bits >> bitCount) & ((1 << width) - 1);
  }
}
