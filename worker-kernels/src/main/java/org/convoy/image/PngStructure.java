package org.convoy.image;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Walks a PNG file's chunks to its end chunk and checks the sum of each critical one (ISO/IEC
 * 15948, clause 5).
 */
final class PngStructure {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private PngStructure() {}

  static boolean claims(byte[] file) {
    if (file.length < SIGNATURE.length) {
      return false;
    }
    for (int i = 0; i < SIGNATURE.length; i++) {
      if (file[i] != SIGNATURE[i]) {
        return false;
      }
    }
    return true;
  }

  /** What is wrong with a file that {@link #claims} says is a PNG, or nothing. */
  static Optional<String> problem(byte[] file) {
    int at = SIGNATURE.length;
    CRC32 sum = new CRC32();
    while (true) {
      if (at + 12 > file.length) {
        return Optional.of("truncated PNG of " + file.length + " bytes, no end chunk");
      }
      long length = unsigned32(file, at);
      if (length > file.length - at - 12L) {
        return Optional.of(
            "truncated PNG of "
                + file.length
                + " bytes, a chunk of "
                + length
                + " bytes starts at byte "
                + at);
      }
      String type = new String(file, at + 4, 4, StandardCharsets.ISO_8859_1);
      int end = at + 8 + (int) length;
      boolean critical = Character.isUpperCase(type.charAt(0));
      if (critical) {
        sum.reset();
        sum.update(file, at + 4, 4 + (int) length);
        if (sum.getValue() != unsigned32(file, end)) {
          return Optional.of("PNG chunk " + type + " at byte " + at + " fails its check sum");
        }
      }
      if (type.equals("IHDR") && length >= 8) {
        Optional<String> size =
            PixelLimit.problem(unsigned32(file, at + 8), unsigned32(file, at + 12));
        if (size.isPresent()) {
          return size;
        }
      }
      if (type.equals("IEND")) {
        return Optional.empty();
      }
      at = end + 4;
    }
  }

  private static long unsigned32(byte[] file, int at) {
    return ((file[at] & 0xffL) << 24)
        | ((file[at + 1] & 0xff) << 16)
        | ((file[at + 2] & 0xff) << 8)
        | (file[at + 3] & 0xff);
  }
}
