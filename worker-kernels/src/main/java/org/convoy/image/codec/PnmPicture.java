package org.convoy.image.codec;

import java.util.Locale;

/**
 * A PBM, PGM or PPM file, plain or raw (netpbm's formats P1 to P6). Samples are scaled from 0 ..
 * maximum to 0 .. 255. If a file has several pictures, the first is decoded.
 */
final class PnmPicture implements Picture {
  private static final int MAX_MAXIMUM = 65535;

  private final FileBytes file;
  private final boolean plain;
  private final boolean bits;
  private final int samplesPerPixel;
  private int width;
  private int height;
  private int maximum = 1;
  private int data;

  private PnmPicture(FileBytes file) throws RefusalException {
    this.file = file;
    int type = file.unsigned8(1) - '0';
    this.plain = type <= 3;
    this.bits = type == 1 || type == 4;
    this.samplesPerPixel = type == 3 || type == 6 ? 3 : 1;
  }

  static Picture open(FileBytes file) throws RefusalException {
    PnmPicture picture = new PnmPicture(file);
    picture.readHeader();
    return picture;
  }

  private void readHeader() throws RefusalException {
    Text text = new Text(file, 2);
    width = text.number("width");
    height = text.number("height");
    PixelLimit.check(width, height);
    if (!bits) {
      maximum = text.number("maximum");
      if (maximum < 1 || maximum > MAX_MAXIMUM) {
        throw file.refusal("a maximum of " + maximum);
      }
    }
    // One white space ends the header.
    file.require(text.at, 1);
    data = text.at + 1;
    file.require(data, fewestBytes());
  }

  /** The fewest bytes that the samples take in the file. */
  private long fewestBytes() {
    long samples = (long) width * height * samplesPerPixel;
    if (plain) {
      return bits ? samples : 2 * samples - 1;
    }
    return bits ? (width + 7L) / 8 * height : samples * sampleBytes();
  }

  private int sampleBytes() {
    return maximum > 255 ? 2 : 1;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public long scratchBytes() {
    return 0;
  }

  @Override
  public void decode(Raster into, DecoderMemory memory) throws RefusalException {
    into.reshape(height, width, 3);
    byte[] rgb = into.pixels();
    Text text = new Text(file, data);
    int at = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < samplesPerPixel; c++) {
          rgb[at + c] = plain ? plainSample(text) : rawSample(y, x, c);
        }
        if (samplesPerPixel == 1) {
          rgb[at + 1] = rgb[at];
          rgb[at + 2] = rgb[at];
        }
        at += 3;
      }
    }
  }

  private byte plainSample(Text text) throws RefusalException {
    if (bits) {
      return black(text.bit());
    }
    int value = text.number("sample");
    if (value > maximum) {
      throw file.refusal(
          String.format(Locale.ROOT, "a sample of %d, more than its maximum %d", value, maximum));
    }
    return scaled(value);
  }

  private byte rawSample(int y, int x, int c) throws RefusalException {
    if (bits) {
      long row = data + (width + 7L) / 8 * y;
      return black(file.unsigned8(row + x / 8) >> (7 - x % 8) & 1);
    }
    long index = ((long) y * width + x) * samplesPerPixel + c;
    int value =
        sampleBytes() == 2 ? file.unsigned16(data + 2 * index) : file.unsigned8(data + index);
    return scaled(Math.min(value, maximum));
  }

  private static byte black(int bit) {
    return (byte) (bit == 1 ? 0 : 255);
  }

  private byte scaled(int value) {
    return (byte) ((2 * 255 * value + maximum) / (2 * maximum));
  }

  /** Reads numbers in ASCII, with white space and comments between them. */
  private static final class Text {
    private static final int MAX_NUMBER = 100_000_000;

    private final FileBytes file;
    private int at;

    Text(FileBytes file, int at) {
      this.file = file;
      this.at = at;
    }

    int number(String what) throws RefusalException {
      skipSpace();
      int value = 0;
      int first = at;
      while (at < file.length() && isDigit(file.array()[at])) {
        value = 10 * value + file.array()[at] - '0';
        at++;
        if (value > MAX_NUMBER) {
          throw file.refusal("a " + what + " of more than " + MAX_NUMBER);
        }
      }
      if (at == first) {
        throw at == file.length()
            ? file.truncated("it ends before a " + what)
            : file.refusal(String.format(Locale.ROOT, "expected a %s at byte %d", what, at));
      }
      return value;
    }

    /** Reads a digit that need not be separated from the next one. */
    int bit() throws RefusalException {
      skipSpace();
      int digit = file.unsigned8(at) - '0';
      if (digit != 0 && digit != 1) {
        throw file.refusal("expected 0 or 1 at byte " + at);
      }
      at++;
      return digit;
    }

    private void skipSpace() {
      boolean comment = false;
      while (at < file.length()) {
        byte next = file.array()[at];
        if (next == '#') {
          comment = true;
        } else if (next == '\n' || next == '\r') {
          comment = false;
        } else if (!comment && !isSpace(next)) {
          return;
        }
        at++;
      }
    }

    private static boolean isDigit(byte character) {
      return character >= '0' && character <= '9';
    }

    private static boolean isSpace(byte character) {
      return character == ' ' || (character >= '\t' && character <= '\r');
    }
  }
}
