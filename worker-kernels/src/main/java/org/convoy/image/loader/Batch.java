package org.convoy.image.loader;

import java.nio.FloatBuffer;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Decoded images in order, lent by a {@link BatchLoader}. {@link #close} returns the buffer; then
 * every access throws {@link IllegalStateException}. Positions from {@link #size} to {@link
 * #capacity}, and those of skipped images, hold zeros and weight 0.
 */
public final class Batch implements AutoCloseable {
  private final BatchLoader lender;
  private final BatchBuffer buffer;
  private final int size;
  private final List<BadImage> badImages;
  private volatile boolean closed;

  Batch(BatchLoader lender, BatchBuffer buffer, int size, List<BadImage> badImages) {
    this.lender = lender;
    this.buffer = buffer;
    this.size = size;
    this.badImages = List.copyOf(badImages);
  }

  /** Number of samples of this batch, including skipped ones. */
  public int size() {
    return size;
  }

  /** Number of images that fit in the buffer. */
  public int capacity() {
    return buffer.capacity;
  }

  /**
   * Native float32 (capacity, channels, height, width), aligned to 64 bytes. It is lent: never
   * close it.
   */
  public FloatPointer images() {
    return open().floats();
  }

  /** The same memory as a direct buffer, position 0. */
  public FloatBuffer imagesBuffer() {
    return open().floats().asBuffer();
  }

  /**
   * Native 8-bit pixels (capacity, height, width, channels) of a loader that was asked for them. It
   * is lent: never close it.
   *
   * @throws IllegalStateException if the loader normalises images, as {@link #images} does if it
   *     does not
   */
  public BytePointer pixels() {
    return open().bytes();
  }

  /**
   * Native memory with parts of the images and the tables by which a device makes the network's
   * input of them, of a loader that was asked for them. Its capacity is the bytes in use. It is
   * lent: never close it.
   */
  public BytePointer windows() {
    return open().windows();
  }

  /** The class at each position, length {@link #capacity}. Lent, like the images. */
  public int[] labels() {
    return open().labels;
  }

  /** The data set's sample number at each position, -1 where there is no sample. */
  public long[] sampleIds() {
    return open().sampleIds;
  }

  /** 1 for an image that counts, 0 for a skipped image and for an empty position. */
  public float[] weights() {
    return open().weights;
  }

  /** Images of this batch that were skipped, in order. */
  public List<BadImage> badImages() {
    return badImages;
  }

  BatchBuffer buffer() {
    return buffer;
  }

  private BatchBuffer open() {
    if (closed || lender.isClosed()) {
      throw new IllegalStateException("batch used after close");
    }
    return buffer;
  }

  /** Returns the buffer. A second call does nothing. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    lender.giveBack(buffer);
  }
}
