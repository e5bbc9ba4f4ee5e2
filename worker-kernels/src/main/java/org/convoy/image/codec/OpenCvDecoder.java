package org.convoy.image.codec;

import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Calls OpenCV's decoders, which are native code. They get only files that a {@link Picture} has
 * checked and rewritten.
 */
final class OpenCvDecoder implements AutoCloseable {
  /** A larger file is copied to separate memory, which is freed after decoding. */
  private static final int KEPT_BYTES = 1 << 20;

  private final BytePointer kept;

  OpenCvDecoder() {
    NativeOpenCv.load();
    kept = new BytePointer(KEPT_BYTES);
  }

  /** Decodes a file whose header states this size. */
  void decode(byte[] file, int width, int height, Raster into) throws RefusalException {
    if (file.length <= KEPT_BYTES) {
      decode(kept, file, width, height, into);
    } else {
      try (BytePointer once = new BytePointer(file.length)) {
        decode(once, file, width, height, into);
      }
    }
  }

  private static void decode(BytePointer bytes, byte[] file, int width, int height, Raster into)
      throws RefusalException {
    bytes.put(file, 0, file.length);
    try (Mat encoded = new Mat(1, file.length, opencv_core.CV_8UC1, bytes);
        Mat image = opencv_imgcodecs.imdecode(encoded, opencv_imgcodecs.IMREAD_COLOR_RGB)) {
      if (image.empty()) {
        throw new RefusalException("the decoder found its data damaged");
      }
      if (image.cols() != width || image.rows() != height || image.channels() != 3) {
        throw new RefusalException(
            String.format(
                Locale.ROOT,
                "expected %dx%d pixels from the decoder, got %dx%d",
                width,
                height,
                image.cols(),
                image.rows()));
      }
      into.reshape(height, width, 3);
      image.data().get(into.pixels(), 0, into.size());
    } catch (RuntimeException e) {
      // OpenCV's exceptions arrive as this type, with a message of several lines.
      throw new RefusalException(
          "the decoder says: " + String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " "));
    }
  }

  @Override
  public void close() {
    kept.close();
  }
}
