package org.convoy.image.codec;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * An 8-bit image, (height, width, channels) in memory, RGB or grey. It is mutable and reusable: it
 * keeps its memory when it gets a smaller shape. So a thread that decodes many images of usual size
 * allocates once.
 *
 * <p>Its pixels lie on the Java heap for code in Java ({@link #pixels}), or in native memory for
 * native code ({@link #address}). Asking for either moves them there. Native memory is allocated at
 * the first such request; {@link #close} frees it.
 */
public final class Raster implements AutoCloseable {
  private static final int LARGE_BYTES = 1 << 24;

  /** Native code loads whole vectors, also at the end of the image. */
  private static final int READABLE_BEHIND = 64;

  private byte[] heap = new byte[0];
  private BytePointer block = new BytePointer();
  private boolean isNative;
  private int height;
  private int width;
  private int channels = 1;

  /** Sets the shape. The pixels are undefined afterwards. */
  public Raster reshape(int newHeight, int newWidth, int newChannels) {
    long needed = (long) newHeight * newWidth * newChannels;
    if (needed > Integer.MAX_VALUE - READABLE_BEHIND) {
      throw new IllegalArgumentException(
          "an image of "
              + newHeight
              + "x"
              + newWidth
              + "x"
              + newChannels
              + " is too large for one array");
    }
    height = newHeight;
    width = newWidth;
    channels = newChannels;
    isNative = false;
    return this;
  }

  /** The pixels on the Java heap, from the start of the array. They may be written. */
  public byte[] pixels() {
    if (heap.length < size()) {
      heap = new byte[size()];
    }
    if (isNative) {
      block.get(heap, 0, size());
      isNative = false;
    }
    return heap;
  }

  /**
   * The address of the pixels in native memory, which may be written. It is valid until another
   * method than those that return sizes is called. At least 32 bytes behind the last pixel are
   * readable.
   *
   * @throws OutOfMemoryError if there is no memory for them
   */
  public long address() {
    if (!isNative) {
      long address = freshAddress();
      block.put(heap, 0, Math.min(size(), heap.length));
      return address;
    }
    return block.address();
  }

  /** Copies the pixels to native memory from a pointer's position. */
  public void copyTo(BytePointer target) {
    if (isNative) {
      Pointer.memcpy(target, block, size());
    } else {
      target.put(heap, 0, size());
    }
  }

  /** Copies a part of the pixels, as dense rows, to native memory from a pointer's position. */
  public void copyTo(Window part, BytePointer target) {
    int length = part.width() * channels;
    int from = part.top() * rowBytes() + part.left() * channels;
    BytePointer to = new BytePointer(target);
    BytePointer source = new BytePointer(block);
    for (int y = 0; y < part.height(); y++, from += rowBytes()) {
      if (isNative) {
        Pointer.memcpy(to, source.position(from), length);
      } else {
        to.put(heap, from, length);
      }
      to.position(to.position() + length);
    }
  }

  /** The address of native memory for new pixels; see {@link #address}. */
  public long freshAddress() {
    long bytes = (long) size() + READABLE_BEHIND;
    if (block.isNull() || block.capacity() < bytes) {
      block.close();
      block = new BytePointer(bytes);
    }
    isNative = true;
    return block.address();
  }

  /** Frees all memory. The raster is then empty. */
  public void release() {
    heap = new byte[0];
    block.close();
    block = new BytePointer();
    isNative = false;
    height = 0;
    width = 0;
  }

  /** Releases memory of more than 16 MiB, because few images need so much. */
  public void releaseIfLarge() {
    if (heap.length > LARGE_BYTES || block.capacity() > LARGE_BYTES) {
      release();
    }
  }

  @Override
  public void close() {
    release();
  }

  public int height() {
    return height;
  }

  public int width() {
    return width;
  }

  public int channels() {
    return channels;
  }

  /** Bytes per row. */
  public int rowBytes() {
    return width * channels;
  }

  /** Bytes in use. */
  public int size() {
    return height * width * channels;
  }

  /**
   * The grey of the pixel whose first byte is at {@code index}, by Pillow's fixed-point ITU-R 601-2
   * luma: (19595 R + 38470 G + 7471 B + 2^15) / 2^16.
   */
  public int luma(int index) {
    byte[] values = pixels();
    if (channels == 1) {
      return values[index] & 0xff;
    }
    int sum =
        19595 * (values[index] & 0xff)
            + 38470 * (values[index + 1] & 0xff)
            + 7471 * (values[index + 2] & 0xff);
    return (sum + 0x8000) >> 16;
  }

  /** RGB to grey in place, by {@link #luma}. */
  public void toGrey() {
    if (channels == 1) {
      return;
    }
    byte[] values = pixels();
    int count = height * width;
    for (int i = 0, from = 0; i < count; i++, from += 3) {
      values[i] = (byte) luma(from);
    }
    channels = 1;
  }
}
