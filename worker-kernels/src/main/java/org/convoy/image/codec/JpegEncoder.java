package org.convoy.image.codec;

import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/** Writes 8-bit RGB images as JPEG files in memory. */
public final class JpegEncoder {
  private static final int MAX_SIDE = 1 << 14;

  private JpegEncoder() {}

  /**
   * Encodes one image.
   *
   * @param rgb (height, width, 3) bytes
   * @param quality 1 to 100, libjpeg's scale
   * @return a complete JPEG file; equal input gives equal bytes
   */
  public static byte[] encode(byte[] rgb, int height, int width, int quality) {
    if (height < 1 || width < 1 || height > MAX_SIDE || width > MAX_SIDE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "jpeg: expected sides between 1 and %d pixels, got %dx%d",
              MAX_SIDE,
              height,
              width));
    }
    if (rgb.length != height * width * 3 || quality < 1 || quality > 100) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "expected %d bytes and a quality of 1 to 100, got %d and %d",
              height * width * 3,
              rgb.length,
              quality));
    }
    NativeOpenCv.load();
    byte[] bgr = swapRedAndBlue(rgb);
    try (BytePointer pixels = new BytePointer(bgr);
        Mat image = new Mat(height, width, opencv_core.CV_8UC3, pixels);
        IntPointer settings = new IntPointer(opencv_imgcodecs.IMWRITE_JPEG_QUALITY, quality);
        BytePointer file = new BytePointer()) {
      if (!opencv_imgcodecs.imencode(".jpg", image, file, settings)) {
        throw new IllegalStateException(
            "OpenCV could not encode a JPEG of " + height + "x" + width);
      }
      byte[] encoded = new byte[(int) file.limit()];
      file.get(encoded);
      return encoded;
    }
  }

  private static byte[] swapRedAndBlue(byte[] rgb) {
    byte[] bgr = new byte[rgb.length];
    for (int i = 0; i < rgb.length; i += 3) {
      bgr[i] = rgb[i + 2];
      bgr[i + 1] = rgb[i + 1];
      bgr[i + 2] = rgb[i];
    }
    return bgr;
  }
}
