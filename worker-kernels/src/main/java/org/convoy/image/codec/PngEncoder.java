package org.convoy.image.codec;

/** Writes 8-bit RGB images as PNG files in memory. */
public final class PngEncoder {
  private PngEncoder() {}

  /**
   * Encodes one image.
   *
   * @param rgb (height, width, 3) bytes
   * @return a complete PNG file
   */
  public static byte[] encode(byte[] rgb, int height, int width) {
    return OpenCvEncoder.encode(".png", rgb, height, width);
  }
}
