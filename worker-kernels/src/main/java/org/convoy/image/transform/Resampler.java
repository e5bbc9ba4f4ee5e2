package org.convoy.image.transform;

import java.util.Arrays;
import org.convoy.image.codec.Raster;

/**
 * Scales a window of a raster with a triangle filter that widens when it shrinks (bilinear with
 * antialias), with the same bytes as Pillow's {@code resize(BILINEAR)}: double-precision weights
 * are normalised to 1 and rounded to 22 fractional bits; a horizontal and then a vertical pass each
 * round to 8 bits (Pillow, src/libImaging/Resample.c).
 *
 * <p>It keeps its scratch arrays. One resampler serves one thread at a time.
 */
final class Resampler {
  private static final int FRACTION_BITS = 22;
  private static final int LARGE = 1 << 22;
  private static final int MAX_BETWEEN = 1 << 28;
  private static final int HALF = 1 << (FRACTION_BITS - 1);

  private final FilterTable columns = new FilterTable();
  private final FilterTable rows = new FilterTable();
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

  void release() {
    between = new int[0];
  }

  /** Releases rows of more than 16 MiB, which only few images need. */
  void releaseIfLarge() {
    if (between.length > LARGE) {
      release();
    }
  }

  /**
   * Scales the window (top, left, height, width), which lies inside the image, to the shape of
   * {@code out}.
   */
  void resample(Raster in, int top, int left, int height, int width, Raster out) {
    columns.fill(width, out.width());
    rows.fill(height, out.height());
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
    int[] weights = columns.weights;
    for (int x = 0; x < outWidth; x++, to += 3) {
      int at = from + 3 * columns.first[x];
      int red = HALF;
      int green = HALF;
      int blue = HALF;
      int firstWeight = x * columns.taps;
      for (int k = firstWeight; k < firstWeight + columns.count[x]; k++, at += 3) {
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
    int[] weights = columns.weights;
    for (int x = 0; x < outWidth; x++, to++) {
      int at = from + columns.first[x];
      int sum = HALF;
      int firstWeight = x * columns.taps;
      for (int k = firstWeight; k < firstWeight + columns.count[x]; k++, at++) {
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
      for (int k = 0; k < rows.count[y]; k++) {
        addScaled(
            between, (rows.first[y] + k) * rowLength, rows.weights[y * rows.taps + k], rowLength);
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

  /**
   * The inputs of each output position and their fixed-point weights. Triangle weights are not
   * negative and sum to 1 within rounding, so a weighted sum of bytes stays in 0 .. 255 and needs
   * no clipping.
   */
  private static final class FilterTable {
    private int[] first = new int[0];
    private int[] count = new int[0];
    private int[] weights = new int[0];
    private double[] exact = new double[0];
    private int taps;
    private int inSize;
    private int outSize;

    void fill(int newInSize, int newOutSize) {
      if (newInSize == inSize && newOutSize == outSize) {
        return;
      }
      inSize = newInSize;
      outSize = newOutSize;
      double scale = (double) inSize / outSize;
      double support = Math.max(scale, 1);
      taps = (int) Math.ceil(support) * 2 + 1;
      grow();
      for (int x = 0; x < outSize; x++) {
        fillOne(x, scale, support);
      }
    }

    private void grow() {
      if (first.length < outSize) {
        first = new int[outSize];
        count = new int[outSize];
      }
      if (weights.length < outSize * taps) {
        weights = new int[outSize * taps];
      }
      if (exact.length < taps) {
        exact = new double[taps];
      }
    }

    private void fillOne(int x, double scale, double support) {
      double center = (x + 0.5) * scale;
      double inverse = 1 / support;
      int low = Math.max((int) (center - support + 0.5), 0);
      int high = Math.min((int) (center + support + 0.5), inSize);
      double total = 0;
      for (int i = low; i < high; i++) {
        double distance = Math.abs((i - center + 0.5) * inverse);
        exact[i - low] = distance < 1 ? 1 - distance : 0;
        total += exact[i - low];
      }
      for (int i = 0; i < high - low; i++) {
        double weight = total == 0 ? exact[i] : exact[i] / total;
        weights[x * taps + i] = (int) (0.5 + weight * (1 << FRACTION_BITS));
      }
      first[x] = low;
      count[x] = high - low;
    }
  }
}
