package org.convoy.image.loader;

/** What a batch holds of each pixel. */
public enum PixelForm {
  /** Normalised float32, (channels, height, width): the network's input. */
  NORMALISED(Float.BYTES),
  /** 8-bit values, (height, width, channels), which a device has to normalise. */
  BYTES(Byte.BYTES),
  /**
   * 8-bit values of the part of each image that is needed, with the tables by which a device cuts,
   * scales, mirrors and normalises it. Only edits that a device cannot carry out have been applied.
   */
  WINDOWS(Float.BYTES);

  private final int bytesOfValue;

  PixelForm(int bytesOfValue) {
    this.bytesOfValue = bytesOfValue;
  }

  /** The bytes of a batch of images of this size. */
  public long bytes(int capacity, int height, int width, int channels) {
    return this == WINDOWS
        ? WindowBlock.bytes(capacity, height, width, channels)
        : (long) capacity * height * width * channels * bytesOfValue;
  }
}
