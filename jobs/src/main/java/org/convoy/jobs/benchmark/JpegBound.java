package org.convoy.jobs.benchmark;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.convoy.image.codec.Window;
import org.convoy.image.kernels.PixelLibrary;
import org.convoy.image.kernels.WindowDecoder;

/**
 * Times libjpeg-turbo alone, on files in native memory, with nothing before or after it. Samples
 * cannot be made faster than it decodes their windows.
 */
final class JpegBound implements AutoCloseable {
  /** The fastest one counts: the bound is what can be reached. */
  private static final int PASSES = 3;

  private final List<BytePointer> files;
  private final WindowDecoder decoder = new WindowDecoder();

  /**
   * Times of one image on average.
   *
   * @param entropyMicros to decode entropy down to the last row of the window
   * @param decodeMicros to decode the window
   */
  record Times(double entropyMicros, double decodeMicros) {}

  private JpegBound(List<byte[]> files) {
    this.files = files.stream().map(BytePointer::new).toList();
  }

  /** Empty where there is no native code. */
  static Optional<JpegBound> of(List<byte[]> files) {
    return PixelLibrary.isThere() ? Optional.of(new JpegBound(files)) : Optional.empty();
  }

  /**
   * Decodes windows, the fastest of some passes.
   *
   * @param windows of each file
   */
  Times measure(List<Window> windows) throws IOException {
    int most =
        windows.stream().mapToInt(each -> 3 * each.height() * each.width()).max().orElseThrow();
    double entropy = Double.POSITIVE_INFINITY;
    double decode = Double.POSITIVE_INFINITY;
    try (BytePointer out = new BytePointer((long) most)) {
      for (int pass = 0; pass < PASSES; pass++) {
        long start = System.nanoTime();
        skim(windows);
        long middle = System.nanoTime();
        decode(windows, out);
        long end = System.nanoTime();
        entropy = Math.min(entropy, micros(middle - start));
        decode = Math.min(decode, micros(end - middle));
      }
    }
    return new Times(entropy, decode);
  }

  private void skim(List<Window> windows) throws IOException {
    for (int i = 0; i < files.size(); i++) {
      Window window = windows.get(i);
      require(
          decoder.skim(
              files.get(i).address(), files.get(i).capacity(), window.top() + window.height()));
    }
  }

  private void decode(List<Window> windows, BytePointer out) throws IOException {
    for (int i = 0; i < files.size(); i++) {
      Window window = windows.get(i);
      require(
          decoder.decode(
              files.get(i).address(),
              files.get(i).capacity(),
              1,
              window.left(),
              window.top(),
              window.width(),
              window.height(),
              out.address()));
    }
  }

  private double micros(long nanos) {
    return nanos * 1e-3 / files.size();
  }

  private static void require(Optional<String> flaw) throws IOException {
    if (flaw.isPresent()) {
      throw new IOException("libjpeg-turbo says: " + flaw.get());
    }
  }

  @Override
  public void close() {
    files.forEach(BytePointer::close);
    decoder.close();
  }
}
