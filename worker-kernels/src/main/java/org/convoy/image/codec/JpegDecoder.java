package org.convoy.image.codec;

import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.convoy.image.kernels.WindowDecoder;

/**
 * Decodes windows of JPEGs in native code, and keeps its memory. It gets only files that a {@link
 * JpegPicture} has checked and rewritten.
 */
final class JpegDecoder implements AutoCloseable {
  /** A larger file is copied to separate memory, which is freed after decoding. */
  private static final int KEPT_BYTES = 1 << 20;

  private final Optional<JpegReplacement> replacement;
  private Optional<WindowDecoder> decoder = Optional.empty();
  private BytePointer kept = new BytePointer();

  JpegDecoder(Optional<JpegReplacement> replacement) {
    this.replacement = replacement;
  }

  /** Takes note of a picture that is decoded otherwise. */
  void leftOut() {
    replacement.ifPresent(JpegReplacement::leftOut);
  }

  /**
   * Decodes a window of a picture, at its own size, with what takes libjpeg-turbo's place.
   *
   * @return false if there is nothing, or if it does not decode this one
   */
  boolean replaced(FileParts file, int height, int width, Window window, Raster into) {
    if (replacement.isEmpty()) {
      return false;
    }
    try (BytePointer bytes = new BytePointer((long) file.length())) {
      file.copyTo(bytes);
      into.reshape(window.height(), window.width(), 3);
      return replacement
          .get()
          .decode(bytes.address(), file.length(), height, width, window, into.freshAddress());
    }
  }

  /** Decodes a window of a file whose header states a size that holds it, at a part of its size. */
  void decode(FileParts file, int divisor, Window window, Raster into) throws RefusalException {
    if (decoder.isEmpty()) {
      decoder = Optional.of(new WindowDecoder());
      kept = new BytePointer(KEPT_BYTES);
    }
    if (file.length() <= KEPT_BYTES) {
      decode(kept, file, divisor, window, into);
    } else {
      try (BytePointer once = new BytePointer((long) file.length())) {
        decode(once, file, divisor, window, into);
      }
    }
  }

  private void decode(BytePointer bytes, FileParts file, int divisor, Window window, Raster into)
      throws RefusalException {
    file.copyTo(bytes);
    into.reshape(window.height(), window.width(), 3);
    Optional<String> flaw =
        decoder
            .orElseThrow()
            .decode(
                bytes.address(),
                file.length(),
                divisor,
                window.left(),
                window.top(),
                window.width(),
                window.height(),
                into.freshAddress());
    if (flaw.isPresent()) {
      throw new RefusalException("the decoder says: " + flaw.get());
    }
  }

  @Override
  public void close() {
    replacement.ifPresent(JpegReplacement::close);
    decoder.ifPresent(WindowDecoder::close);
    kept.close();
  }
}
