package org.convoy.image.loader;

import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.convoy.image.transform.Preprocessing;

/**
 * The memory of one batch, reused: native and aligned to 64 bytes, with labels, sample ids and
 * weights on the heap. The images are float32 (capacity, channels, height, width), or 8-bit pixels
 * (capacity, height, width, channels), or a {@link WindowBlock}. The loader that made it owns it.
 */
final class BatchBuffer implements AutoCloseable {
  private static final int ALIGNMENT_BYTES = 64;

  final int capacity;
  final int[] labels;
  final long[] sampleIds;
  final float[] weights;
  private final PixelForm form;
  private final long bytes;
  private final BatchMemory user;
  private final BytePointer memory;
  private final BytePointer images;
  private final FloatPointer floats;
  private final Optional<WindowBlock> windows;

  /**
   * @param image what images become
   * @param user is told of the memory
   */
  BatchBuffer(int capacity, Preprocessing image, PixelForm form, BatchMemory user) {
    int valuesPerImage = image.floatsPerImage();
    this.capacity = capacity;
    this.form = form;
    this.bytes = form.bytes(capacity, image.height(), image.width(), image.channels());
    this.user = user;
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
    memory = new BytePointer(bytes + ALIGNMENT_BYTES);
    long misaligned = memory.address() % ALIGNMENT_BYTES;
    images = memory.getPointer(misaligned == 0 ? 0 : ALIGNMENT_BYTES - misaligned).capacity(bytes);
    floats = new FloatPointer(images).capacity(bytes / Float.BYTES);
    windows =
        form == PixelForm.WINDOWS
            ? Optional.of(
                new WindowBlock(images, capacity, image.height(), image.width(), image.channels()))
            : Optional.empty();
    user.taken(images, bytes);
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

  /** The images as windows, in as many bytes as are in use. */
  BytePointer windows() {
    require(PixelForm.WINDOWS);
    return new BytePointer(images).capacity(windows.orElseThrow().used());
  }

  private void require(PixelForm wanted) {
    if (form != wanted) {
      throw new IllegalStateException("expected a batch of " + wanted + ", got one of " + form);
    }
  }

  /** Where an image belongs. Different threads may put different images. */
  Destination place(int index, Packer packer) {
    return switch (form) {
      case NORMALISED -> image -> packer.pack(image, image(index));
      case BYTES -> image -> image.copyTo(image(index));
      case WINDOWS -> packer.destination(windows.orElseThrow(), index);
    };
  }

  private BytePointer image(int index) {
    return images.getPointer(index * (bytes / capacity));
  }

  /** Notes that an image is in its place. Different threads may do so for different images. */
  void store(int index) {
    weights[index] = 1;
  }

  void clear(int index) {
    if (windows.isPresent()) {
      windows.get().skip();
    } else {
      Pointer.memset(image(index), 0, bytes / capacity);
    }
    weights[index] = 0;
  }

  /**
   * Begins a batch. Clears the positions that a short one does not fill: zeros, weight 0, label 0,
   * sample id -1.
   */
  void clearFrom(int size) {
    windows.ifPresent(WindowBlock::clear);
    for (int i = size; i < capacity; i++) {
      clear(i);
    }
    Arrays.fill(labels, size, capacity, 0);
    Arrays.fill(sampleIds, size, capacity, -1);
  }

  @Override
  public void close() {
    user.freed(images);
    memory.close();
  }
}
