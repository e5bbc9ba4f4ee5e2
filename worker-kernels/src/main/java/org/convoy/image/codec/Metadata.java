package org.convoy.image.codec;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The orientation in a file's EXIF and XMP data. EXIF takes precedence over XMP, as in Pillow's
 * {@code exif_transpose}. Damaged metadata are ignored; they are no reason to refuse a picture.
 */
final class Metadata {
  private static final int ORIENTATION = 0x0112;
  private static final Pattern XMP_ORIENTATION = Pattern.compile("tiff:Orientation(?:=\"|>)(\\d)");

  private Optional<Orientation> exif = Optional.empty();
  private Optional<Orientation> xmp = Optional.empty();

  /** Reads a TIFF structure, with or without the name "Exif" that JPEG puts before it. */
  void exif(byte[] file, int from, int length) {
    if (exif.isEmpty()) {
      FileBytes data = new FileBytes("EXIF", part(file, from, length), true);
      int start = data.has(0, "Exif\0\0") ? 6 : 0;
      exif = orientation(start == 0 ? data.array() : part(data.array(), start, length - start));
    }
  }

  /** Reads an XMP packet. */
  void xmp(byte[] file, int from, int length) {
    if (xmp.isEmpty()) {
      String text = new String(file, from, length, StandardCharsets.ISO_8859_1);
      Matcher found = XMP_ORIENTATION.matcher(text);
      if (found.find()) {
        xmp = Optional.of(Orientation.of(found.group(1).charAt(0) - '0'));
      }
    }
  }

  Orientation orientation() {
    return exif.or(() -> xmp).orElse(Orientation.UPRIGHT);
  }

  private static Optional<Orientation> orientation(byte[] tiff) {
    try {
      TiffDirectory directory = TiffDirectory.first("EXIF", tiff);
      return directory.has(ORIENTATION)
          ? Optional.of(Orientation.of(directory.value(ORIENTATION, 1)))
          : Optional.empty();
    } catch (RefusalException e) {
      return Optional.empty();
    }
  }

  private static byte[] part(byte[] file, int from, int length) {
    byte[] part = new byte[length];
    System.arraycopy(file, from, part, 0, length);
    return part;
  }
}
