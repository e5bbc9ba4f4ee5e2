package org.convoy.image.kernels;

import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;

/**
 * Decodes windows of JPEGs with libjpeg-turbo, to the pixels of the whole picture. It owns native
 * memory. Only one thread at a time may use it.
 */
public final class WindowDecoder implements AutoCloseable {
  private static final int EIGHTHS = 8;

  private long decoder;

  /**
   * @throws OutOfMemoryError if there is no memory for it
   */
  public WindowDecoder() {
    PixelLibrary.require();
    decoder = PixelCalls.openJpegDecoder();
    if (decoder == 0) {
      throw new OutOfMemoryError("no native memory for a JPEG decoder");
    }
  }

  /**
   * Decodes a window into dense rows of RGB. Rows below it are not looked at.
   *
   * @param divisor of the picture's size, 1, 2, 4 or 8; the window is one of the smaller picture
   * @param file address of a JPEG of one or three components
   * @param out address of {@code height * width * 3} bytes
   * @return what the library says against the file; empty if it decoded
   */
  public Optional<String> decode(
      long file, long bytes, int divisor, int left, int top, int width, int height, long out) {
    requireOpen();
    return message(
        PixelCalls.decodeJpeg(
            decoder, file, bytes, EIGHTHS / divisor, left, top, width, height, out));
  }

  /**
   * Entropy-decodes the upper rows and makes no pixels.
   *
   * @return what the library says against the file; empty if it decoded
   */
  public Optional<String> skim(long file, long bytes, int rows) {
    requireOpen();
    return message(PixelCalls.skimJpeg(decoder, file, bytes, rows));
  }

  private void requireOpen() {
    if (decoder == 0) {
      throw new IllegalStateException("JPEG decoder used after close");
    }
  }

  private static Optional<String> message(long address) {
    if (address == 0) {
      return Optional.empty();
    }
    try (BytePointer text = new MessagePointer(address)) {
      return Optional.of(text.getString());
    }
  }

  @Override
  public void close() {
    if (decoder != 0) {
      PixelCalls.closeJpegDecoder(decoder);
      decoder = 0;
    }
  }

  /** A text of the decoder's. */
  private static final class MessagePointer extends BytePointer {
    MessagePointer(long address) {
      super((BytePointer) null);
      this.address = address;
    }
  }
}
