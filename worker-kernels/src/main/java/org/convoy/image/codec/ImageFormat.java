package org.convoy.image.codec;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The supported formats. The first bytes of a file decide its format, not its name. To add a
 * format, add a constant here and a {@link Picture} that checks every size before it uses it.
 */
enum ImageFormat {
  JPEG("JPEG", true, "\u00ff\u00d8\u00ff", JpegPicture::open),
  PNG("PNG", true, "\u0089PNG\r\n\u001a\n", PngPicture::open),
  WEBP("WebP", false, "RIFF????WEBP", WebpPicture::open),
  TIFF("TIFF", true, "MM\0*", TiffPicture::open),
  TIFF_LITTLE_ENDIAN("TIFF", false, "II*\0", TiffPicture::open),
  BMP("BMP", false, "BM", BmpPicture::open),
  PNM("PNM", true, "P#", PnmPicture::open);

  /** Common formats that are not supported, by their first bytes. */
  private static final List<Map.Entry<String, String>> OTHERS =
      List.of(
          Map.entry("GIF8", "a GIF"),
          Map.entry("????ftypavi", "an AVIF file"),
          Map.entry("????ftyp", "a HEIF or video file"),
          Map.entry("\0\0\0\u000cjP  ", "a JPEG 2000 file"),
          Map.entry("\u00ffO\u00ffQ", "a JPEG 2000 file"),
          Map.entry("\0\0\0\u000cJXL ", "a JPEG XL file"),
          Map.entry("\u00ff\n", "a JPEG XL file"),
          Map.entry("II+\0", "a BigTIFF file"),
          Map.entry("MM\0+", "a BigTIFF file"),
          Map.entry("P7", "a PAM file"),
          Map.entry("PF", "a PFM file"),
          Map.entry("Pf", "a PFM file"),
          Map.entry("#?RADIANCE", "a Radiance HDR file"),
          Map.entry("v/1\u0001", "an OpenEXR file"),
          Map.entry("\u0059\u00a6\u006a\u0095", "a Sun raster file"),
          Map.entry("8BPS", "a Photoshop file"),
          Map.entry("\0\0\u0001\0", "an icon"),
          Map.entry("%PDF", "a PDF file"),
          Map.entry("<", "a file of HTML or XML"),
          Map.entry("\u001f\u008b", "a file compressed by gzip"),
          Map.entry("PK\u0003\u0004", "a zip file"));

  private final String title;
  private final boolean bigEndian;
  private final String start;
  private final Opener opener;

  ImageFormat(String title, boolean bigEndian, String start, Opener opener) {
    this.title = title;
    this.bigEndian = bigEndian;
    this.start = start;
    this.opener = opener;
  }

  /** Reads the header of a file of any format. */
  static Picture open(byte[] file) throws RefusalException {
    if (file.length == 0) {
      throw new RefusalException("the file is empty");
    }
    for (ImageFormat format : values()) {
      if (startsWith(file, format.start)) {
        return format.opener.open(new FileBytes(format.title, file, format.bigEndian));
      }
    }
    String read = "JPEG, PNG, WebP, TIFF, BMP, PNM (PGM, PPM, PBM) are read";
    for (Map.Entry<String, String> other : OTHERS) {
      if (startsWith(file, other.getKey())) {
        throw new RefusalException(other.getValue() + "; " + read);
      }
    }
    int shown = Math.min(file.length, 8);
    throw new RefusalException(
        String.format(
            Locale.ROOT,
            "no image: its %d bytes begin with %s; %s",
            file.length,
            HexFormat.ofDelimiter(" ").formatHex(file, 0, shown),
            read));
  }

  /** In a pattern, ? stands for any byte and # for a digit from 1 to 6. */
  private static boolean startsWith(byte[] file, String pattern) {
    byte[] expected = pattern.getBytes(StandardCharsets.ISO_8859_1);
    if (file.length < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      boolean fits =
          switch (expected[i]) {
            case '?' -> true;
            case '#' -> i == 0 ? file[i] == '#' : file[i] >= '1' && file[i] <= '6';
            default -> file[i] == expected[i];
          };
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  /** Reads the header of a file of one format. */
  @FunctionalInterface
  private interface Opener {
    Picture open(FileBytes file) throws RefusalException;
  }
}
