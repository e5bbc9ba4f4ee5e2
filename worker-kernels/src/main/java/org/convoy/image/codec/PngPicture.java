package org.convoy.image.codec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A PNG file (ISO/IEC 15948). First all chunks up to the end chunk are read, and the check sum of
 * each critical chunk is checked. For an animated PNG the default image is decoded, as in readers
 * without animation. Transparency, gamma and colour profiles are dropped.
 */
final class PngPicture implements Picture {
  private static final int FIRST_CHUNK = 8;
  private static final int HEADER_BYTES = 13;
  private static final int MAX_XMP_BYTES = 1 << 20;

  /** Deflate expands one byte to at most 1032 bytes. */
  private static final long MAX_INFLATION = 1032;

  private static final String XMP_KEYWORD = "XML:com.adobe.xmp\0";

  private final FileBytes file;
  private final Metadata metadata = new Metadata();
  private final List<Chunk> data = new ArrayList<>();
  private PngColours colours;
  private int width;
  private int height;
  private boolean interlaced;

  private PngPicture(FileBytes file) throws RefusalException {
    this.file = file;
    if (!file.has(FIRST_CHUNK + 4, "IHDR") || file.unsigned32(FIRST_CHUNK) != HEADER_BYTES) {
      throw file.length() < FIRST_CHUNK + 12
          ? file.truncated("no header chunk")
          : file.refusal("the first chunk is no header");
    }
    file.require(FIRST_CHUNK + 8, HEADER_BYTES);
    int at = FIRST_CHUNK + 8;
    PixelLimit.check(file.unsigned32(at), file.unsigned32(at + 4));
    width = file.signed32(at);
    height = file.signed32(at + 4);
    colours = PngColours.of(file, file.unsigned8(at + 9), file.unsigned8(at + 8));
    if (file.unsigned16(at + 10) != 0 || file.unsigned8(at + 12) > 1) {
      throw file.refusal("unknown compression, filter or interlace method");
    }
    interlaced = file.unsigned8(at + 12) == 1;
  }

  static Picture open(FileBytes file) throws RefusalException {
    PngPicture picture = new PngPicture(file);
    picture.walk();
    picture.checkData();
    return picture;
  }

  private void walk() throws RefusalException {
    int at = FIRST_CHUNK;
    CRC32 sum = new CRC32();
    while (true) {
      if (at + 12 > file.length()) {
        throw file.truncated("no end chunk");
      }
      long length = file.unsigned32(at);
      if (length > file.length() - at - 12L) {
        throw file.truncated("a chunk of " + length + " bytes starts at byte " + at);
      }
      String type = new String(file.array(), at + 4, 4, StandardCharsets.ISO_8859_1);
      int end = at + 8 + (int) length;
      if (Character.isUpperCase(type.charAt(0))) {
        sum.reset();
        sum.update(file.array(), at + 4, 4 + (int) length);
        if (sum.getValue() != file.unsigned32(end)) {
          throw new RefusalException(
              "PNG chunk " + type + " at byte " + at + " fails its check sum");
        }
      }
      if (type.equals("IEND")) {
        return;
      }
      chunk(type, at + 8, (int) length);
      at = end + 4;
    }
  }

  private void chunk(String type, int from, int length) throws RefusalException {
    switch (type) {
      case "IHDR" -> {
        if (from != FIRST_CHUNK + 8) {
          throw file.refusal("two headers");
        }
      }
      case "PLTE" -> colours = colours.withPalette(file, from, length);
      case "IDAT" -> data.add(new Chunk(from, length));
      case "eXIf" -> metadata.exif(file.array(), from, length);
      case "iTXt" -> text(from, length);
      default -> {
        if (Character.isUpperCase(type.charAt(0))) {
          throw file.refusal("unknown critical chunk " + type);
        }
      }
    }
  }

  /**
   * The layout is: keyword, 0, compressed or not, method, language, 0, translated keyword, 0, text.
   */
  private void text(int from, int length) {
    int end = from + length;
    int flags = from + XMP_KEYWORD.length();
    if (!file.has(from, XMP_KEYWORD) || flags + 2 > end) {
      return;
    }
    byte[] bytes = file.array();
    int at = flags + 2;
    for (int terminators = 0; at < end && terminators < 2; at++) {
      terminators += bytes[at] == 0 ? 1 : 0;
    }
    if (bytes[flags] == 0) {
      metadata.xmp(bytes, at, end - at);
    } else {
      Inflater inflater = new Inflater();
      inflater.setInput(bytes, at, end - at);
      byte[] text = new byte[MAX_XMP_BYTES];
      try {
        metadata.xmp(text, 0, inflater.inflate(text));
      } catch (DataFormatException e) {
        // Damaged metadata are ignored.
      } finally {
        inflater.end();
      }
    }
  }

  private void checkData() throws RefusalException {
    long bytes = data.stream().mapToLong(Chunk::length).sum();
    long needed = ((long) width * colours.bitsPerPixel() + 7) / 8 * height;
    if (bytes == 0) {
      throw file.refusal("no image data");
    }
    if (needed / MAX_INFLATION > bytes) {
      throw file.truncated(
          bytes + " bytes of image data are too few for " + width + "x" + height + " pixels");
    }
    colours.check(file);
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
  public Orientation orientation() {
    return metadata.orientation();
  }

  /** Two rows of at most eight bytes per pixel, and a window of deflate. */
  @Override
  public long scratchBytes() {
    return (1L << 16) + 16L * width;
  }

  @Override
  public void decode(Raster into, DecoderMemory memory) throws RefusalException {
    into.reshape(height, width, 3);
    PngRows rows = new PngRows(file, data, memory.inflater());
    for (PngPass pass : interlaced ? PngPass.INTERLACED : PngPass.WHOLE) {
      int columns = pass.columns(width);
      int lines = columns == 0 ? 0 : pass.lines(height);
      rows.begin(columns, colours.bitsPerPixel());
      for (int line = 0; line < lines; line++) {
        byte[] row = rows.next();
        int y = pass.top() + line * pass.down();
        int to = (y * width + pass.left()) * 3;
        colours.toRgb(file, row, columns, into.pixels(), to, 3 * pass.right());
      }
    }
  }

  /** The position of the content of an image data chunk. */
  record Chunk(int from, int length) {}

  /**
   * A picture of every {@code down}-th line from {@code top} and every {@code right}-th column from
   * {@code left}; Adam7 sends seven of them.
   */
  private record PngPass(int top, int left, int down, int right) {
    static final PngPass[] WHOLE = {new PngPass(0, 0, 1, 1)};
    static final PngPass[] INTERLACED = {
      new PngPass(0, 0, 8, 8),
      new PngPass(0, 4, 8, 8),
      new PngPass(4, 0, 8, 4),
      new PngPass(0, 2, 4, 4),
      new PngPass(2, 0, 4, 2),
      new PngPass(0, 1, 2, 2),
      new PngPass(1, 0, 2, 1)
    };

    int columns(int width) {
      return (width - left + right - 1) / right;
    }

    int lines(int height) {
      return (height - top + down - 1) / down;
    }
  }
}
