package org.convoy.image.codec;

import java.util.Locale;

/**
 * A Windows or OS/2 bitmap: 1, 4 or 8 bits with a palette, also with run lengths; 16, 24 or 32
 * bits, with or without masks. Alpha is dropped. Bitmaps that contain a JPEG, a PNG or Huffman
 * codes are refused.
 */
final class BmpPicture implements Picture {
  private static final int FILE_HEADER_BYTES = 14;
  private static final int OS2_HEADER_BYTES = 12;
  private static final int WINDOWS_HEADER_BYTES = 40;
  private static final int NO_COMPRESSION = 0;
  private static final int RUNS_OF_8 = 1;
  private static final int RUNS_OF_4 = 2;
  private static final int MASKS = 3;
  private static final int MASKS_WITH_ALPHA = 6;

  private final FileBytes file;
  private int headerBytes;
  private int width;
  private int height;
  private boolean topDown;
  private int depth;
  private int compression;
  private int data;
  private byte[] palette = new byte[0];
  private final BmpMask[] masks = new BmpMask[3];

  private BmpPicture(FileBytes file) {
    this.file = file;
  }

  static Picture open(FileBytes file) throws RefusalException {
    BmpPicture picture = new BmpPicture(file);
    picture.readHeader();
    picture.readColours();
    if (!picture.hasRuns()) {
      file.require(picture.data, picture.rowBytes() * picture.height);
    }
    return picture;
  }

  private void readHeader() throws RefusalException {
    int at = FILE_HEADER_BYTES;
    long size = file.unsigned32(at);
    long offset = file.unsigned32(10);
    long rows;
    long columns;
    if (size == OS2_HEADER_BYTES) {
      columns = file.unsigned16(at + 4);
      rows = file.unsigned16(at + 6);
      depth = file.unsigned16(at + 10);
    } else {
      if (size < 16 || size > 1024) {
        throw file.refusal("a header of " + size + " bytes");
      }
      columns = file.signed32(at + 4);
      rows = file.signed32(at + 8);
      depth = file.unsigned16(at + 14);
      compression = size >= 20 ? (int) Math.min(file.unsigned32(at + 16), 1 << 16) : 0;
    }
    topDown = rows < 0;
    PixelLimit.check(columns, Math.abs(rows));
    headerBytes = (int) size;
    width = (int) columns;
    height = (int) Math.abs(rows);
    file.require(offset, 0);
    data = (int) offset;
    checkCompression();
  }

  private void checkCompression() throws RefusalException {
    boolean known =
        switch (compression) {
          case NO_COMPRESSION ->
              depth == 1 || depth == 4 || depth == 8 || depth == 16 || depth == 24 || depth == 32;
          case RUNS_OF_8 -> depth == 8 && !topDown;
          case RUNS_OF_4 -> depth == 4 && !topDown;
          // In OS/2 headers 3 means Huffman codes.
          case MASKS, MASKS_WITH_ALPHA ->
              (depth == 16 || depth == 32)
                  && (headerBytes == 40 || headerBytes >= 52)
                  && headerBytes != 64;
          default -> false;
        };
    if (!known) {
      throw file.refusal(
          String.format(Locale.ROOT, "compression %d with %d bits per pixel", compression, depth));
    }
  }

  private void readColours() throws RefusalException {
    if (depth <= 8) {
      readPalette();
    } else if (compression == MASKS || compression == MASKS_WITH_ALPHA) {
      for (int i = 0; i < 3; i++) {
        long at = FILE_HEADER_BYTES + WINDOWS_HEADER_BYTES + 4L * i;
        masks[i] = BmpMask.of(file, file.unsigned32(at));
      }
    } else if (depth == 16) {
      for (int i = 0; i < 3; i++) {
        masks[i] = BmpMask.of(file, 0x1fL << (10 - 5 * i));
      }
    }
  }

  /** Blue, green and red, then an unused byte except in old OS/2 files. */
  private void readPalette() throws RefusalException {
    int entryBytes = headerBytes == OS2_HEADER_BYTES ? 3 : 4;
    long stated = headerBytes >= 36 ? file.unsigned32(FILE_HEADER_BYTES + 32) : 0;
    int most = 1 << depth;
    int start = FILE_HEADER_BYTES + headerBytes;
    long room = Math.max(0, data - start) / entryBytes;
    int colours = (int) Math.min(stated == 0 ? most : Math.min(stated, most), room);
    file.require(start, (long) colours * entryBytes);
    palette = new byte[3 * colours];
    for (int i = 0; i < colours; i++) {
      for (int c = 0; c < 3; c++) {
        palette[3 * i + c] = file.array()[start + i * entryBytes + 2 - c];
      }
    }
  }

  private boolean hasRuns() {
    return compression == RUNS_OF_8 || compression == RUNS_OF_4;
  }

  /** Rows are padded to multiples of four bytes. */
  private long rowBytes() {
    return ((long) width * depth + 31) / 32 * 4;
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
    return hasRuns() ? (long) width * height : 0;
  }

  @Override
  public void decode(Raster into, DecoderMemory memory) throws RefusalException {
    into.reshape(height, width, 3);
    byte[] indexes =
        hasRuns() ? new BmpRuns(file, data, width, height, depth).indexes() : new byte[0];
    for (int y = 0; y < height; y++) {
      int line = topDown ? y : height - 1 - y;
      int to = 3 * y * width;
      if (hasRuns()) {
        for (int x = 0; x < width; x++) {
          paint(indexes[line * width + x] & 0xff, into.pixels(), to + 3 * x);
        }
      } else {
        row((int) (data + line * rowBytes()), into.pixels(), to);
      }
    }
  }

  private void row(int from, byte[] rgb, int to) throws RefusalException {
    byte[] bytes = file.array();
    for (int x = 0, at = to; x < width; x++, at += 3) {
      switch (depth) {
        case 1, 4 -> {
          int shift = 8 - depth - x * depth % 8;
          int index = (bytes[from + (int) ((long) x * depth / 8)] & 0xff) >> shift;
          paint(index & ((1 << depth) - 1), rgb, at);
        }
        case 8 -> paint(bytes[from + x] & 0xff, rgb, at);
        case 16 -> unmask(file.unsigned16(from + 2L * x), rgb, at);
        case 32 -> {
          if (compression == NO_COMPRESSION) {
            swap(bytes, from + 4 * x, rgb, at);
          } else {
            unmask(file.unsigned32(from + 4L * x), rgb, at);
          }
        }
        default -> swap(bytes, from + 3 * x, rgb, at);
      }
    }
  }

  private void paint(int index, byte[] rgb, int at) throws RefusalException {
    if (3 * index >= palette.length) {
      throw file.refusal(
          String.format(Locale.ROOT, "colour %d of a palette of %d", index, palette.length / 3));
    }
    rgb[at] = palette[3 * index];
    rgb[at + 1] = palette[3 * index + 1];
    rgb[at + 2] = palette[3 * index + 2];
  }

  private void unmask(long pixel, byte[] rgb, int at) {
    for (int c = 0; c < 3; c++) {
      rgb[at + c] = masks[c].of(pixel);
    }
  }

  private static void swap(byte[] bgr, int from, byte[] rgb, int at) {
    rgb[at] = bgr[from + 2];
    rgb[at + 1] = bgr[from + 1];
    rgb[at + 2] = bgr[from];
  }
}
