package org.convoy.image.codec;

import org.bytedeco.opencv.global.opencv_imgcodecs;

/** Writes 8-bit RGB images as JPEG files in memory. */
public final class JpegEncoder {
  private JpegEncoder() {}

  /**
   * Encodes one image.
   *
   * @param rgb (height, width, 3) bytes
   * @param quality 1 to 100, libjpeg's scale
   * @return a complete JPEG file; equal input gives equal bytes
   */
  public static byte[] encode(byte[] rgb, int height, int width, int quality) {
    if (quality < 1 || quality > 100) {
      throw new IllegalArgumentException("expected a quality of 1 to 100, got " + quality);
    }
    return OpenCvEncoder.encode(
        ".jpg", rgb, height, width, opencv_imgcodecs.IMWRITE_JPEG_QUALITY, quality);
  }
}
