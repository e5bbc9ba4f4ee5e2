package org.convoy.image.codec;

import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates the image data of a PNG row by row and undoes the filter of each row (ISO/IEC 15948, 9).
 */
final class PngRows {
  private final FileBytes file;
  private final List<PngPicture.Chunk> chunks;
  private final Inflater inflater;
  private final byte[] filter = new byte[1];
  private int nextChunk;

  /** The row, after the zero bytes of one pixel, which stand for the pixel left of the first. */
  private byte[] row = new byte[0];

  private byte[] above = new byte[0];
  private int pixelBytes;
  private int rowBytes;
  private byte[] unfiltered = new byte[0];

  PngRows(FileBytes file, List<PngPicture.Chunk> chunks, Inflater inflater) {
    this.file = file;
    this.chunks = chunks;
    this.inflater = inflater;
  }

  /** Begins a pass with rows of {@code columns} pixels. */
  void begin(int columns, int bitsPerPixel) {
    pixelBytes = Math.max(1, bitsPerPixel / 8);
    rowBytes = (int) (((long) columns * bitsPerPixel + 7) / 8);
    row = new byte[pixelBytes + rowBytes];
    above = new byte[pixelBytes + rowBytes];
    unfiltered = new byte[rowBytes];
  }

  /** The bytes of the next row, valid until the next call. */
  byte[] next() throws RefusalException {
    byte[] reused = above;
    above = row;
    row = reused;
    inflate(filter, 0, 1);
    inflate(row, pixelBytes, rowBytes);
    int end = pixelBytes + rowBytes;
    switch (filter[0]) {
      case 0 -> {}
      case 1 -> {
        for (int i = pixelBytes; i < end; i++) {
          row[i] += row[i - pixelBytes];
        }
      }
      case 2 -> {
        for (int i = pixelBytes; i < end; i++) {
          row[i] += above[i];
        }
      }
      case 3 -> {
        for (int i = pixelBytes; i < end; i++) {
          row[i] += (byte) (((row[i - pixelBytes] & 0xff) + (above[i] & 0xff)) / 2);
        }
      }
      case 4 -> {
        for (int i = pixelBytes; i < end; i++) {
          row[i] += paeth(row[i - pixelBytes], above[i], above[i - pixelBytes]);
        }
      }
      default -> throw file.refusal("unknown filter " + (filter[0] & 0xff));
    }
    System.arraycopy(row, pixelBytes, unfiltered, 0, rowBytes);
    return unfiltered;
  }

  /** The value among left, above and upper left that is nearest to left + above - upper left. */
  private static byte paeth(byte left, byte above, byte upperLeft) {
    int a = left & 0xff;
    int b = above & 0xff;
    int c = upperLeft & 0xff;
    int toLeft = Math.abs(b - c);
    int toAbove = Math.abs(a - c);
    int toUpperLeft = Math.abs(a + b - 2 * c);
    if (toLeft <= toAbove && toLeft <= toUpperLeft) {
      return left;
    }
    return toAbove <= toUpperLeft ? above : upperLeft;
  }

  private void inflate(byte[] into, int from, int count) throws RefusalException {
    int done = 0;
    try {
      while (done < count) {
        int got = inflater.inflate(into, from + done, count - done);
        done += got;
        if (got == 0) {
          feed();
        }
      }
    } catch (DataFormatException e) {
      throw file.refusal("damaged image data (" + e.getMessage() + ")");
    }
  }

  private void feed() throws RefusalException {
    if (inflater.finished() || inflater.needsDictionary() || nextChunk == chunks.size()) {
      throw file.refusal("the image data end before the last row");
    }
    PngPicture.Chunk chunk = chunks.get(nextChunk++);
    inflater.setInput(file.array(), chunk.from(), chunk.length());
  }
}
