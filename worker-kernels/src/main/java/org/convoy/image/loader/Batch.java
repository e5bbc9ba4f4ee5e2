package org.convoy.image.loader;

import java.nio.FloatBuffer;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Decoded images in order, lent by a {@link BatchLoader}: close gives the buffer back, after which
 * every access throws {@link IllegalStateException}. Places from {@link #size} to {@link
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

  /** Samples of this batch, skipped ones included. */
  public int size() {
    return size;
  }

  /** Images the buffer has room for. */
  public int capacity() {
    return buffer.capacity;
  }

  /**
   * Native float32 (capacity, channels, height, width), aligned to 64 bytes. Lent: never close it.
   */
  public FloatPointer images() {
    return open().images();
  }

  /** The same memory as a direct buffer, position 0. */
  public FloatBuffer imagesBuffer() {
    return open().view().duplicate();
  }

  /** Class of each place, length {@link #capacity}. Lent, as the images are. */
  public int[] labels() {
    return open().labels;
  }

  /** Number in the data set of each place, -1 where there is none. */
  public long[] sampleIds() {
    return open().sampleIds;
  }

  /** 1 for an image that counts, 0 for a skipped one and for an empty place. */
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

  /** Gives the buffer back; a second call does nothing. */
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
