package org.convoy.image.codec;

import java.util.Locale;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** How the strips or tiles of a TIFF are compressed. */
enum TiffCompression {
  NONE(1) {
    @Override
    void expand(FileBytes file, int from, int length, byte[] into, DecoderMemory memory) {
      System.arraycopy(file.array(), from, into, 0, into.length);
    }
  },
  /** Section 13. A code of twelve bits expands to at most 4096 bytes. */
  LZW(4096) {
    @Override
    void expand(FileBytes file, int from, int length, byte[] into, DecoderMemory memory)
        throws RefusalException {
      new TiffLzw(file, from, length).expand(into);
    }
  },
  DEFLATE(1032) {
    @Override
    void expand(FileBytes file, int from, int length, byte[] into, DecoderMemory memory)
        throws RefusalException {
      Inflater inflater = memory.inflater();
      inflater.setInput(file.array(), from, length);
      int done = 0;
      try {
        while (done < into.length) {
          int got = inflater.inflate(into, done, into.length - done);
          if (got == 0) {
            throw tooShort(file, done, into.length);
          }
          done += got;
        }
      } catch (DataFormatException e) {
        throw file.refusal("damaged deflate data (" + e.getMessage() + ")");
      }
    }
  },
  /** Section 9. Two bytes expand to at most 128. */
  PACK_BITS(64) {
    @Override
    void expand(FileBytes file, int from, int length, byte[] into, DecoderMemory memory)
        throws RefusalException {
      byte[] bytes = file.array();
      int at = from;
      int end = from + length;
      int done = 0;
      while (done < into.length) {
        if (at + 1 >= end) {
          throw tooShort(file, done, into.length);
        }
        int control = bytes[at++];
        if (control >= 0) {
          int count = Math.min(Math.min(control + 1, into.length - done), end - at);
          System.arraycopy(bytes, at, into, done, count);
          at += count;
          done += count;
        } else if (control != -128) {
          int stop = Math.min(into.length, done + 1 - control);
          while (done < stop) {
            into[done++] = bytes[at];
          }
          at++;
        }
      }
    }
  };

  private final int mostBytesOfOne;

  TiffCompression(int mostBytesOfOne) {
    this.mostBytesOfOne = mostBytesOfOne;
  }

  static TiffCompression of(FileBytes file, long number) throws RefusalException {
    if (number == 1) {
      return NONE;
    } else if (number == 5) {
      return LZW;
    } else if (number == 8 || number == 32946) {
      return DEFLATE;
    } else if (number == 32773) {
      return PACK_BITS;
    } else if (number >= 2 && number <= 4) {
      throw file.refusal("compressed as a fax");
    } else if (number == 6 || number == 7) {
      throw file.refusal("compressed as JPEG");
    }
    throw file.refusal("compression " + number);
  }

  /** Refuses a block that cannot expand to {@code expanded} bytes, before they are allocated. */
  void check(FileBytes file, long stored, long expanded) throws RefusalException {
    if (expanded > stored * mostBytesOfOne || expanded > Integer.MAX_VALUE - 8) {
      throw file.refusal(
          String.format(
              Locale.ROOT, "a strip or tile of %d bytes cannot hold %d", stored, expanded));
    }
  }

  /** Fills an array with the expanded bytes of a block. Further bytes are ignored. */
  abstract void expand(FileBytes file, int from, int length, byte[] into, DecoderMemory memory)
      throws RefusalException;

  static RefusalException tooShort(FileBytes file, int got, int expected) {
    return file.refusal(
        String.format(Locale.ROOT, "a strip or tile ends after %d of %d bytes", got, expected));
  }
}
