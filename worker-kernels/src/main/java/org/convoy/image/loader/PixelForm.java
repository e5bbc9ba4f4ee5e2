package org.convoy.image.loader;

/** What a batch holds of each pixel. */
public enum PixelForm {
  /** Normalised float32, (channels, height, width): the network's input. */
  NORMALISED(Float.BYTES),
  /** 8-bit values, (height, width, channels), which a device has to normalise. */
  BYTES(Byte.BYTES);

  private final int bytes;

  PixelForm(int bytes) {
    this.bytes = bytes;
  }

  /** The bytes of a pixel's channel. */
  public int bytes() {
    return bytes;
  }
}
