package org.convoy.image.loader;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The memory of one batch, reused: native float32 (capacity, channels, height, width), aligned to
 * 64 bytes, with labels, sample ids and weights on the heap. The loader that made it owns it.
 */
final class BatchBuffer implements AutoCloseable {
  private static final int ALIGNMENT_BYTES = 64;

  final int capacity;
  final int floatsPerImage;
  final int[] labels;
  final long[] sampleIds;
  final float[] weights;
  private final FloatPointer memory;
  private final FloatPointer images;
  private final FloatBuffer view;

  BatchBuffer(int capacity, int floatsPerImage) {
    this.capacity = capacity;
    this.floatsPerImage = floatsPerImage;
    labels = new int[capacity];
    sampleIds = new long[capacity];
    weights = new float[capacity];
    long length = (long) capacity * floatsPerImage;
    if (length > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a batch of "
              + capacity
              + " images of "
              + floatsPerImage
              + " floats is too large for one buffer");
    }
    memory = new FloatPointer(length + ALIGNMENT_BYTES / Float.BYTES);
    long misaligned = memory.address() % ALIGNMENT_BYTES;
    long skipped = misaligned == 0 ? 0 : (ALIGNMENT_BYTES - misaligned) / Float.BYTES;
    images = memory.getPointer(skipped).capacity(length);
    view = images.asBuffer();
  }

  FloatPointer images() {
    return images;
  }

  FloatBuffer view() {
    return view;
  }

  /** Where the floats of an image belong. Never close it: the memory is the batch's. */
  FloatPointer image(int index) {
    return images.getPointer((long) index * floatsPerImage);
  }

  /** Notes that an image is in its place. Different threads may do so for different images. */
  void store(int index) {
    weights[index] = 1;
  }

  void clear(int index) {
    int from = index * floatsPerImage;
    for (int i = from; i < from + floatsPerImage; i++) {
      view.put(i, 0f);
    }
    weights[index] = 0;
  }

  /**
   * Clears the positions that a short batch does not fill: zeros, weight 0, label 0, sample id -1.
   */
  void clearFrom(int size) {
    for (int i = size; i < capacity; i++) {
      clear(i);
    }
    Arrays.fill(labels, size, capacity, 0);
    Arrays.fill(sampleIds, size, capacity, -1);
  }

  @Override
  public void close() {
    memory.close();
  }
}
