package org.convoy.image.codec;

/**
 * An 8-bit image on the Java heap, (height, width, channels) in memory, RGB or grey. It is mutable
 * and reusable: it keeps its array when it gets a smaller shape. So a thread that decodes many
 * images of usual size allocates once.
 */
public final class Raster {
  private static final int LARGE_BYTES = 1 << 24;

  private byte[] pixels = new byte[0];
  private int height;
  private int width;
  private int channels = 1;

  /** Sets the shape. The pixels are undefined afterwards. */
  public Raster reshape(int newHeight, int newWidth, int newChannels) {
    long needed = (long) newHeight * newWidth * newChannels;
    if (needed > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "an image of "
              + newHeight
              + "x"
              + newWidth
              + "x"
              + newChannels
              + " is too large for one array");
    }
    if (pixels.length < needed) {
      pixels = new byte[(int) needed];
    }
    height = newHeight;
    width = newWidth;
    channels = newChannels;
    return this;
  }

  /** Gives the array back to the garbage collector. The raster is then empty. */
  public void release() {
    pixels = new byte[0];
    height = 0;
    width = 0;
  }

  /** Releases an array of more than 16 MiB, because few images need so much. */
  public void releaseIfLarge() {
    if (pixels.length > LARGE_BYTES) {
      release();
    }
  }

  public byte[] pixels() {
    return pixels;
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

  /** Bytes in use, from the start of the array. */
  public int size() {
    return height * width * channels;
  }

  /**
   * The grey of the pixel whose first byte is at {@code index}, by Pillow's fixed-point ITU-R 601-2
   * luma: (19595 R + 38470 G + 7471 B + 2^15) / 2^16.
   */
  public int luma(int index) {
    if (channels == 1) {
      return pixels[index] & 0xff;
    }
    int sum =
        19595 * (pixels[index] & 0xff)
            + 38470 * (pixels[index + 1] & 0xff)
            + 7471 * (pixels[index + 2] & 0xff);
    return (sum + 0x8000) >> 16;
  }

  /** RGB to grey in place, by {@link #luma}. */
  public void toGrey() {
    if (channels == 1) {
      return;
    }
    int count = height * width;
    for (int i = 0, from = 0; i < count; i++, from += 3) {
      pixels[i] = (byte) luma(from);
    }
    channels = 1;
  }
}
