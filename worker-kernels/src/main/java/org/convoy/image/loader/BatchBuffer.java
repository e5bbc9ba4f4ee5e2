package org.convoy.image.loader;

import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The memory of one batch, reused: native and aligned to 64 bytes, with labels, sample ids and
 * weights on the heap. The images are float32 (capacity, channels, height, width), or 8-bit pixels
 * (capacity, height, width, channels). The loader that made it owns it.
 */
final class BatchBuffer implements AutoCloseable {
  private static final int ALIGNMENT_BYTES = 64;

  final int capacity;
  final int[] labels;
  final long[] sampleIds;
  final float[] weights;
  private final PixelForm form;
  private final long bytesPerImage;
  private final BytePointer memory;
  private final BytePointer images;
  private final FloatPointer floats;

  /**
   * @param valuesPerImage the channels of all pixels of an image
   */
  BatchBuffer(int capacity, int valuesPerImage, PixelForm form) {
    this.capacity = capacity;
    this.form = form;
    this.bytesPerImage = (long) valuesPerImage * form.bytes();
    labels = new int[capacity];
    sampleIds = new long[capacity];
    weights = new float[capacity];
    if ((long) capacity * valuesPerImage > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a batch of "
              + capacity
              + " images of "
              + valuesPerImage
              + " floats is too large for one buffer");
    }
    long length = capacity * bytesPerImage;
    memory = new BytePointer(length + ALIGNMENT_BYTES);
    long misaligned = memory.address() % ALIGNMENT_BYTES;
    images = memory.getPointer(misaligned == 0 ? 0 : ALIGNMENT_BYTES - misaligned).capacity(length);
    floats = new FloatPointer(images).capacity(length / Float.BYTES);
  }

  /** The images as floats. */
  FloatPointer floats() {
    require(PixelForm.NORMALISED);
    return floats;
  }

  /** The images as bytes. */
  BytePointer bytes() {
    require(PixelForm.BYTES);
    return images;
  }

  private void require(PixelForm wanted) {
    if (form != wanted) {
      throw new IllegalStateException("expected a batch of " + wanted + ", got one of " + form);
    }
  }

  /** Where an image belongs. Never close it: the memory is the batch's. */
  BytePointer image(int index) {
    return images.getPointer(index * bytesPerImage);
  }

  /** Notes that an image is in its place. Different threads may do so for different images. */
  void store(int index) {
    weights[index] = 1;
  }

  void clear(int index) {
    Pointer.memset(image(index), 0, bytesPerImage);
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
