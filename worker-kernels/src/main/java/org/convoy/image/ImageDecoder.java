package org.convoy.image;

import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Decodes image files to 8-bit RGB (or grey), upright: EXIF orientation is applied, as browsers and
 * Pillow's exif_transpose do. Grey files give three equal channels; CMYK and YCCK files are taken
 * as Adobe writes them (inverted); transparency is dropped; 16-bit files are cut to 8.
 *
 * <p>A JPEG without its end-of-image marker and a PNG without its end chunk or with a wrong check
 * sum are refused. What can only be seen by decoding, a flipped bit inside JPEG entropy-coded data,
 * is not: like Pillow, the decoder takes it.
 *
 * <p>Owns a native buffer; one decoder serves one thread at a time.
 */
final class ImageDecoder implements AutoCloseable {
  private static final int FIRST_CAPACITY_BYTES = 1 << 16;

  private BytePointer encoded;
  private Mat encodedRow;
  private boolean closed;

  ImageDecoder() {
    NativeOpenCv.load();
    encoded = new BytePointer(FIRST_CAPACITY_BYTES);
    encodedRow = row(encoded, FIRST_CAPACITY_BYTES);
  }

  /**
   * Decodes into a raster of the stated channels.
   *
   * @param name what to call the image in an error
   * @param channels 3 for RGB, 1 for grey
   * @throws ImageDecodeException if the bytes are no whole image
   */
  void decode(String name, byte[] file, int channels, Raster into) throws ImageDecodeException {
    if (closed) {
      throw new IllegalStateException("image decoder used after close");
    }
    Optional<String> problem = problem(file);
    if (problem.isPresent()) {
      throw new ImageDecodeException(name, problem.get());
    }
    upload(file);
    try (Mat image = opencv_imgcodecs.imdecode(encodedRow, opencv_imgcodecs.IMREAD_COLOR_RGB)) {
      if (image.empty()) {
        throw new ImageDecodeException(name, "no decoder could read its " + file.length + " bytes");
      }
      download(image, into);
    } catch (RuntimeException e) {
      throw refusal(name, e);
    }
    if (channels == 1) {
      into.toGrey();
    }
  }

  private static Optional<String> problem(byte[] file) {
    if (file.length == 0) {
      return Optional.of("the file is empty");
    }
    if (JpegStructure.claims(file)) {
      return JpegStructure.problem(file);
    }
    if (PngStructure.claims(file)) {
      return PngStructure.problem(file);
    }
    return Optional.empty();
  }

  private void upload(byte[] file) {
    if (encoded.capacity() < file.length) {
      int capacity =
          (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(file.length, 2 * encoded.capacity()));
      encodedRow.close();
      encoded.close();
      encoded = new BytePointer(capacity);
      encodedRow = row(encoded, capacity);
    }
    encoded.put(file, 0, file.length);
    encodedRow.cols(file.length);
  }

  private static Mat row(BytePointer bytes, int length) {
    return new Mat(1, length, opencv_core.CV_8UC1, bytes);
  }

  private static void download(Mat image, Raster into) {
    into.reshape(image.rows(), image.cols(), image.channels());
    if (!image.isContinuous() || image.channels() != 3) {
      throw new IllegalStateException(
          "expected a packed image of 3 channels from the decoder, got " + image.channels());
    }
    image.data().get(into.pixels(), 0, into.size());
  }

  /** OpenCV's own exceptions come as RuntimeException with its message in several lines. */
  private static ImageDecodeException refusal(String name, RuntimeException cause) {
    String message = String.valueOf(cause.getMessage()).strip().replaceAll("\\s+", " ");
    ImageDecodeException refusal = new ImageDecodeException(name, message);
    refusal.initCause(cause);
    return refusal;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      encodedRow.close();
      encoded.close();
    }
  }
}
