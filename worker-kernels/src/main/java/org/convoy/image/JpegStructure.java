package org.convoy.image;

import java.util.Optional;

/**
 * Walks a JPEG file's markers from start of image to end of image (ITU T.81, annex B), without
 * decoding. Decoders fill the missing part of a truncated file with grey and only mutter; here a
 * file without its end is damaged.
 */
final class JpegStructure {
  private static final int START_OF_IMAGE = 0xD8;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int START_OF_SCAN = 0xDA;

  private final byte[] file;

  private JpegStructure(byte[] file) {
    this.file = file;
  }

  static boolean claims(byte[] file) {
    return file.length >= 3
        && (file[0] & 0xff) == 0xff
        && (file[1] & 0xff) == START_OF_IMAGE
        && (file[2] & 0xff) == 0xff;
  }

  /** What is wrong with a file that {@link #claims} says is a JPEG, or nothing. */
  static Optional<String> problem(byte[] file) {
    return new JpegStructure(file).walk();
  }

  private Optional<String> walk() {
    int at = 2;
    boolean sawFrame = false;
    boolean sawScan = false;
    while (true) {
      at = nextMarker(at);
      if (at < 0) {
        return truncated("no end-of-image marker");
      }
      int marker = file[at] & 0xff;
      at++;
      if (marker == END_OF_IMAGE) {
        return sawScan ? Optional.empty() : Optional.of("a JPEG without image data");
      }
      if (standsAlone(marker)) {
        continue;
      }
      if (at + 2 > file.length) {
        return truncated("it ends in a segment header");
      }
      int length = unsigned16(at);
      if (length < 2) {
        return Optional.of("a JPEG segment of length " + length + " at byte " + at);
      }
      if (at + length > file.length) {
        return truncated("a segment of " + length + " bytes starts at byte " + at);
      }
      if (isFrame(marker) && length >= 8) {
        sawFrame = true;
        Optional<String> size = PixelLimit.problem(unsigned16(at + 5), unsigned16(at + 3));
        if (size.isPresent()) {
          return size;
        }
      }
      at += length;
      if (marker == START_OF_SCAN) {
        if (!sawFrame) {
          return Optional.of("a JPEG scan before its frame header");
        }
        sawScan = true;
      }
    }
  }

  /**
   * The index of the code byte of the next marker at or after {@code from}, or -1. Passes over
   * entropy-coded data, in which FF 00 is a data byte, and over fill bytes.
   */
  private int nextMarker(int from) {
    int last = file.length - 1;
    for (int i = from; i < last; i++) {
      if (file[i] == (byte) 0xff) {
        int code = file[i + 1] & 0xff;
        if (code != 0x00 && code != 0xff) {
          return i + 1;
        }
      }
    }
    return -1;
  }

  private static boolean standsAlone(int marker) {
    return (marker >= 0xD0 && marker <= START_OF_IMAGE) || marker == 0x01;
  }

  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  private int unsigned16(int at) {
    return ((file[at] & 0xff) << 8) | (file[at + 1] & 0xff);
  }

  private Optional<String> truncated(String how) {
    return Optional.of("truncated JPEG of " + file.length + " bytes, " + how);
  }
}
