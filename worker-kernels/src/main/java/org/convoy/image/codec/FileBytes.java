package org.convoy.image.codec;

import java.util.Locale;

/**
 * The bytes of an image file in the byte order of its format. Reading past the end reports that the
 * file is truncated.
 */
final class FileBytes {
  private final String format;
  private final byte[] bytes;
  private final boolean bigEndian;

  FileBytes(String format, byte[] bytes, boolean bigEndian) {
    this.format = format;
    this.bytes = bytes;
    this.bigEndian = bigEndian;
  }

  FileBytes littleEndian() {
    return new FileBytes(format, bytes, false);
  }

  boolean isBigEndian() {
    return bigEndian;
  }

  byte[] array() {
    return bytes;
  }

  int length() {
    return bytes.length;
  }

  int unsigned8(long at) throws RefusalException {
    require(at, 1);
    return bytes[(int) at] & 0xff;
  }

  int unsigned16(long at) throws RefusalException {
    require(at, 2);
    int first = bytes[(int) at] & 0xff;
    int second = bytes[(int) at + 1] & 0xff;
    return bigEndian ? first << 8 | second : second << 8 | first;
  }

  int unsigned24(long at) throws RefusalException {
    require(at, 3);
    return bigEndian
        ? unsigned8(at) << 16 | unsigned16(at + 1)
        : unsigned8(at + 2) << 16 | unsigned16(at);
  }

  long unsigned32(long at) throws RefusalException {
    long first = unsigned16(at);
    long second = unsigned16(at + 2);
    return bigEndian ? first << 16 | second : second << 16 | first;
  }

  int signed32(long at) throws RefusalException {
    return (int) unsigned32(at);
  }

  /** Whether the file has these ASCII characters at {@code at}. */
  boolean has(int at, String ascii) {
    if (at < 0 || at > bytes.length - ascii.length()) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if ((bytes[at + i] & 0xff) != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Refuses the file unless it has {@code count} bytes from {@code from}. */
  void require(long from, long count) throws RefusalException {
    if (from < 0 || count < 0 || from > bytes.length - count) {
      throw truncated("it ends before byte " + (from + count));
    }
  }

  RefusalException truncated(String how) {
    return new RefusalException(
        String.format(Locale.ROOT, "truncated %s of %d bytes, %s", format, length(), how));
  }

  RefusalException refusal(String reason) {
    return new RefusalException(format + ": " + reason);
  }
}
