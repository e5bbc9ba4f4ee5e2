package org.convoy.image.codec;

/**
 * Undoes a bitmap's run lengths: palette indexes (height, width), the lowest row first as in the
 * file. Pixels that the runs skip have index 0. Pixels past the end of a row are dropped.
 */
final class BmpRuns {
  private static final int END_OF_ROW = 0;
  private static final int END_OF_PICTURE = 1;
  private static final int MOVE = 2;

  private final FileBytes file;
  private final int width;
  private final int height;
  private final int depth;
  private final byte[] indexes;
  private int at;
  private int x;
  private int y;

  BmpRuns(FileBytes file, int from, int width, int height, int depth) {
    this.file = file;
    this.at = from;
    this.width = width;
    this.height = height;
    this.depth = depth;
    this.indexes = new byte[width * height];
  }

  byte[] indexes() throws RefusalException {
    while (y < height) {
      int count = file.unsigned8(at);
      int value = file.unsigned8(at + 1);
      at += 2;
      if (count > 0) {
        run(count, value);
      } else if (value == END_OF_ROW) {
        x = 0;
        y++;
      } else if (value == END_OF_PICTURE) {
        return indexes;
      } else if (value == MOVE) {
        x = Math.min(width, x + file.unsigned8(at));
        y += file.unsigned8(at + 1);
        at += 2;
      } else {
        literal(value);
      }
      if (at == file.length() && x == width && y == height - 1) {
        // Some writers omit the end code.
        return indexes;
      }
    }
    return indexes;
  }

  private void run(int count, int value) {
    for (int i = 0; i < count; i++) {
      put(depth == 8 ? value : i % 2 == 0 ? value >> 4 : value & 15);
    }
  }

  /** Reads {@code count} plain indexes, padded to an even number of bytes. */
  private void literal(int count) throws RefusalException {
    int bytes = depth == 8 ? count : (count + 1) / 2;
    file.require(at, bytes);
    for (int i = 0; i < count; i++) {
      if (depth == 8) {
        put(file.unsigned8(at + i));
      } else {
        int two = file.unsigned8(at + i / 2);
        put(i % 2 == 0 ? two >> 4 : two & 15);
      }
    }
    at += bytes + (bytes & 1);
  }

  private void put(int index) {
    if (x < width) {
      indexes[y * width + x] = (byte) index;
      x++;
    }
  }
}
