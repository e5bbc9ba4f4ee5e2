package org.convoy.image.loader;

import java.util.OptionalLong;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.convoy.image.codec.Raster;
import org.convoy.image.codec.Window;
import org.convoy.image.transform.AxisTable;
import org.convoy.image.transform.Resampling;

/**
 * Parts of decoded images, of any size, with the tables by which a device makes a network's input
 * of them, in the memory of one batch.
 *
 * <p>At the beginning there are {@link #HEADER} numbers of 64 bits for each image: where its pixels
 * are, the bytes of a row of them, where the table of its columns is, the weights of an output in
 * it, and the same of its rows. Places are bytes from the beginning. Pixels are 8-bit, (height,
 * width, channels). Tables are as {@link AxisTable} says, in numbers of 32 bits.
 *
 * <p>Images have the memory that the batch has, not each its own. For each that has not come yet as
 * much is left as one of the network's size needs.
 */
final class WindowBlock {
  private static final int HEADER = 6;
  private static final int ALIGNMENT = 16;

  /** A batch has as much memory as one of float32 numbers, if that suffices. */
  private static final int ROOM = Float.BYTES;

  private final BytePointer memory;
  private final int capacity;
  private final long length;
  private final long least;
  private long used;
  private int missing;

  /**
   * @param memory of {@link #bytes} bytes
   */
  WindowBlock(BytePointer memory, int capacity, int height, int width, int channels) {
    this.memory = memory;
    this.capacity = capacity;
    this.length = bytes(capacity, height, width, channels);
    this.least = least(height, width, channels);
    clear();
  }

  /** The bytes of a batch of images of this size. */
  static long bytes(int capacity, int height, int width, int channels) {
    long image = Math.max(least(height, width, channels), (long) ROOM * height * width * channels);
    return head(capacity) + capacity * aligned(image);
  }

  private static long head(int capacity) {
    return aligned((long) capacity * HEADER * Long.BYTES);
  }

  /** What an image takes to which all edits have been applied. */
  private static long least(int height, int width, int channels) {
    return size(Resampling.plainNumbers(height, width), (long) height * width * channels);
  }

  private static long size(int numbers, long pixelBytes) {
    return aligned((long) numbers * Integer.BYTES + pixelBytes);
  }

  private static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Forgets all images, for another batch. */
  synchronized void clear() {
    used = head(capacity);
    missing = capacity;
  }

  /** The bytes from the beginning that are in use. */
  synchronized long used() {
    return used;
  }

  /** Takes note of a place that stays empty. */
  synchronized void skip() {
    missing--;
  }

  private synchronized OptionalLong take(long bytes) {
    if (used + bytes + (missing - 1) * least > length) {
      return OptionalLong.empty();
    }
    long at = used;
    used += bytes;
    missing--;
    return OptionalLong.of(at);
  }

  /**
   * Takes an image, if there is memory for what is needed of it. Different threads may do so for
   * different images.
   *
   * @param rows the table of the image's rows
   * @param columns the table of its columns
   */
  boolean put(int index, Raster image, AxisTable rows, AxisTable columns) {
    Window part = new Window(rows.first(), columns.first(), rows.inputs(), columns.inputs());
    long rowBytes = (long) part.width() * image.channels();
    OptionalLong taken = take(size(rows.length() + columns.length(), rowBytes * part.height()));
    if (taken.isEmpty()) {
      return false;
    }
    long columnsAt = taken.getAsLong();
    long rowsAt = columnsAt + (long) columns.length() * Integer.BYTES;
    long pixelsAt = rowsAt + (long) rows.length() * Integer.BYTES;
    long[] header = {pixelsAt, rowBytes, columnsAt, columns.taps(), rowsAt, rows.taps()};
    new LongPointer(memory.getPointer((long) index * HEADER * Long.BYTES)).put(header, 0, HEADER);
    put(columnsAt, columns);
    put(rowsAt, rows);
    image.copyTo(part, memory.getPointer(pixelsAt));
    return true;
  }

  private void put(long at, AxisTable table) {
    new IntPointer(memory.getPointer(at)).put(table.numbers(), 0, table.length());
  }
}
