package org.convoy.image.transform;

import org.convoy.image.kernels.PixelScaling;

/**
 * The inputs of each output position along one axis and their fixed-point weights, for a triangle
 * filter. Its weights are not negative and sum to 1 within rounding, so a weighted sum of bytes
 * stays in 0 .. 255 and needs no clipping. The table is kept until another size is asked for.
 */
final class FilterTable {
  static final int FRACTION_BITS = 22;

  private int[] numbers = new int[0];
  private double[] exact = new double[0];
  private int taps;
  private int inSize;
  private double from;
  private double length;
  private int outSize;

  /** The table of all inputs. */
  void fill(int newInSize, int newOutSize) {
    fill(newInSize, 0, newInSize, newOutSize);
  }

  /**
   * The table of a part of the inputs, whose edges may lie between them.
   *
   * @param newFrom where the part begins
   * @param newLength of the part
   */
  void fill(int newInSize, double newFrom, double newLength, int newOutSize) {
    if (newInSize == inSize && newFrom == from && newLength == length && newOutSize == outSize) {
      return;
    }
    inSize = newInSize;
    from = newFrom;
    length = newLength;
    outSize = newOutSize;
    double scale = length / outSize;
    double support = Math.max(scale, 1);
    taps = (int) Math.ceil(support) * 2 + 1;
    if (numbers.length < outSize * (2 + taps)) {
      numbers = new int[outSize * (2 + taps)];
    }
    if (exact.length < taps) {
      exact = new double[taps];
    }
    for (int x = 0; x < outSize; x++) {
      fillOne(x, scale, support);
    }
  }

  private void fillOne(int x, double scale, double support) {
    double center = from + (x + 0.5) * scale;
    double inverse = 1 / support;
    int low = Math.max((int) (center - support + 0.5), 0);
    int high = Math.min((int) (center + support + 0.5), inSize);
    double total = 0;
    for (int i = low; i < high; i++) {
      double distance = Math.abs((i - center + 0.5) * inverse);
      exact[i - low] = distance < 1 ? 1 - distance : 0;
      total += exact[i - low];
    }
    int weights = firstWeight(x);
    for (int i = 0; i < high - low; i++) {
      double weight = total == 0 ? exact[i] : exact[i] / total;
      numbers[weights + i] = (int) (0.5 + weight * (1 << FRACTION_BITS));
    }
    numbers[x] = low;
    numbers[outSize + x] = high - low;
  }

  /** The first input of an output. */
  int first(int x) {
    return numbers[x];
  }

  /** The weights of an output, including unused ones. */
  int taps() {
    return taps;
  }

  /** The number of inputs of an output. */
  int count(int x) {
    return numbers[outSize + x];
  }

  /** The place of an output's first weight in {@link #numbers}. */
  int firstWeight(int x) {
    return 2 * outSize + x * taps;
  }

  int[] numbers() {
    return numbers;
  }

  /** The table as native code takes it. */
  PixelScaling.Filter filter() {
    return new PixelScaling.Filter(outSize, taps, numbers);
  }
}
