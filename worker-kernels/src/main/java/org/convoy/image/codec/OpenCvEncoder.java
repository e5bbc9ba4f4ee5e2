package org.convoy.image.codec;

import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/** Writes 8-bit RGB images in the formats that OpenCV writes. */
final class OpenCvEncoder {
  private static final int MAX_SIDE = 1 << 14;

  private OpenCvEncoder() {}

  /**
   * Encodes one image.
   *
   * @param ending of the format's file names, with its dot
   * @param rgb (height, width, 3) bytes
   * @param settings pairs of OpenCV's numbers for settings and their values
   * @return a complete file; equal input gives equal bytes
   */
  static byte[] encode(String ending, byte[] rgb, int height, int width, int... settings) {
    if (height < 1 || width < 1 || height > MAX_SIDE || width > MAX_SIDE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: expected sides between 1 and %d pixels, got %dx%d",
              ending.substring(1),
              MAX_SIDE,
              height,
              width));
    }
    if (rgb.length != height * width * 3) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "expected %d bytes, got %d", height * width * 3, rgb.length));
    }
    NativeOpenCv.load();
    byte[] bgr = swapRedAndBlue(rgb);
    try (BytePointer pixels = new BytePointer(bgr);
        Mat image = new Mat(height, width, opencv_core.CV_8UC3, pixels);
        IntPointer pairs = new IntPointer(settings);
        BytePointer file = new BytePointer()) {
      if (!opencv_imgcodecs.imencode(ending, image, file, pairs)) {
        throw new IllegalStateException(
            "OpenCV could not encode a " + ending.substring(1) + " of " + height + "x" + width);
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
