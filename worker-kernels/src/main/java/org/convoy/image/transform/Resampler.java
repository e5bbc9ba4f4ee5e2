package org.convoy.image.transform;

import java.util.Arrays;
import java.util.Optional;
import org.convoy.image.codec.Raster;
import org.convoy.image.kernels.PixelLibrary;
import org.convoy.image.kernels.PixelScaling;

/**
 * Scales a window of a raster with a triangle filter that widens when it shrinks (bilinear with
 * antialias), with the same bytes as Pillow's {@code resize(BILINEAR)}: double-precision weights
 * are normalised to 1 and rounded to 22 fractional bits; a horizontal and then a vertical pass each
 * round to 8 bits (Pillow, src/libImaging/Resample.c). Native code does it where there is some, the
 * methods here elsewhere.
 *
 * <p>It keeps its scratch memory. One resampler serves one thread at a time.
 */
final class Resampler implements AutoCloseable {
  private static final int FRACTION_BITS = FilterTable.FRACTION_BITS;
  private static final int LARGE = 1 << 22;
  private static final int MAX_BETWEEN = 1 << 28;
  private static final int HALF = 1 << (FRACTION_BITS - 1);

  private final FilterTable columns = new FilterTable();
  private final FilterTable rows = new FilterTable();
  private final Optional<PixelScaling> scaling =
      PixelLibrary.isThere() ? Optional.of(new PixelScaling()) : Optional.empty();
  private int[] between = new int[0];
  private int[] sums = new int[0];

  /** Whether the rows between the passes, (height, outWidth), are few enough for one array. */
  static boolean allows(int height, int outWidth) {
    return 3L * height * outWidth <= MAX_BETWEEN;
  }

  /** The number of bytes of one channel between the passes. */
  static long bytes(int height, int outWidth) {
    return (long) Integer.BYTES * height * outWidth;
  }

  /** Releases rows of more than 16 MiB, which only few images need. */
  void releaseIfLarge() {
    if (between.length > LARGE) {
      between = new int[0];
    }
    scaling.ifPresent(PixelScaling::releaseIfLarge);
  }

  /**
   * Scales the window (top, left, height, width), which lies inside the image, to the shape of
   * {@code out}.
   */
  void resample(Raster in, int top, int left, int height, int width, Raster out) {
    columns.fill(width, out.width());
    rows.fill(height, out.height());
    resampleFilled(in, top, left, height, out);
  }

  /** Scales the window of a placement to the shape of {@code out}. */
  void resample(Raster in, ReducedPlacement window, Raster out) {
    columns.fill(in.width(), window.left(), window.width(), out.width());
    rows.fill(in.height(), window.top(), window.height(), out.height());
    resampleFilled(in, 0, 0, in.height(), out);
  }

  private void resampleFilled(Raster in, int top, int left, int height, Raster out) {
    if (scaling.isPresent()) {
      long source = in.address() + (long) top * in.rowBytes() + (long) left * in.channels();
      scaling
          .get()
          .scale(
              source,
              in.rowBytes(),
              in.channels(),
              columns.filter(),
              rows.filter(),
              out.freshAddress());
    } else {
      resampleInJava(in, top, left, height, out);
    }
  }

  private void resampleInJava(Raster in, int top, int left, int height, Raster out) {
    int rowLength = out.rowBytes();
    if ((long) rowLength * height > between.length) {
      between = new int[Math.multiplyExact(rowLength, height)];
    }
    if (rowLength > sums.length) {
      sums = new int[rowLength];
    }
    for (int y = 0; y < height; y++) {
      int from = (top + y) * in.rowBytes() + left * in.channels();
      if (in.channels() == 3) {
        acrossColour(in.pixels(), from, y * rowLength, out.width());
      } else {
        acrossGrey(in.pixels(), from, y * rowLength, out.width());
      }
    }
    down(out, rowLength);
  }

  private void acrossColour(byte[] pixels, int from, int to, int outWidth) {
    int[] weights = columns.numbers();
    for (int x = 0; x < outWidth; x++, to += 3) {
      int at = from + 3 * columns.first(x);
      int red = HALF;
      int green = HALF;
      int blue = HALF;
      int firstWeight = columns.firstWeight(x);
      for (int k = firstWeight; k < firstWeight + columns.count(x); k++, at += 3) {
        int weight = weights[k];
        red += weight * (pixels[at] & 0xff);
        green += weight * (pixels[at + 1] & 0xff);
        blue += weight * (pixels[at + 2] & 0xff);
      }
      between[to] = red >> FRACTION_BITS;
      between[to + 1] = green >> FRACTION_BITS;
      between[to + 2] = blue >> FRACTION_BITS;
    }
  }

  private void acrossGrey(byte[] pixels, int from, int to, int outWidth) {
    int[] weights = columns.numbers();
    for (int x = 0; x < outWidth; x++, to++) {
      int at = from + columns.first(x);
      int sum = HALF;
      int firstWeight = columns.firstWeight(x);
      for (int k = firstWeight; k < firstWeight + columns.count(x); k++, at++) {
        sum += weights[k] * (pixels[at] & 0xff);
      }
      between[to] = sum >> FRACTION_BITS;
    }
  }

  /** Works on whole rows, so that the compiler can vectorise the loop. */
  private void down(Raster out, int rowLength) {
    byte[] pixels = out.pixels();
    for (int y = 0; y < out.height(); y++) {
      Arrays.fill(sums, 0, rowLength, HALF);
      for (int k = 0; k < rows.count(y); k++) {
        addScaled(
            between,
            (rows.first(y) + k) * rowLength,
            rows.numbers()[rows.firstWeight(y) + k],
            rowLength);
      }
      int to = y * rowLength;
      for (int i = 0; i < rowLength; i++) {
        pixels[to + i] = (byte) (sums[i] >> FRACTION_BITS);
      }
    }
  }

  private void addScaled(int[] from, int at, int weight, int length) {
    int[] into = sums;
    for (int i = 0; i < length; i++) {
      into[i] += from[at + i] * weight;
    }
  }

  @Override
  public void close() {
    scaling.ifPresent(PixelScaling::close);
  }
}
