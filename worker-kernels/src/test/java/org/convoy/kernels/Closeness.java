package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.Locale;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How tests compare arrays. */
final class Closeness {
  private Closeness() {}

  /**
   * Every element within {@code tolerance} times the expected array's largest magnitude, at least
   * {@code floor}; no element is a NaN.
   */
  static void assertClose(
      String what, INDArray expected, INDArray actual, double tolerance, double floor) {
    if (!Arrays.equals(expected.shape(), actual.shape())) {
      fail(
          String.format(
              Locale.ROOT,
              "%s: expected shape %s, got %s",
              what,
              Arrays.toString(expected.shape()),
              Arrays.toString(actual.shape())));
    }
    double[] wanted = doubles(expected);
    double[] got = doubles(actual);
    double largest = floor;
    for (double value : wanted) {
      largest = Math.max(largest, Math.abs(value));
    }
    int worst = -1;
    double error = tolerance * largest;
    for (int i = 0; i < wanted.length; i++) {
      double distance = Math.abs(wanted[i] - got[i]);
      if (!(distance <= error)) {
        worst = i;
        error = distance;
      }
    }
    if (worst >= 0) {
      fail(
          String.format(
              Locale.ROOT,
              "%s: element %d of %d: expected %s within %.1e, got %s",
              what,
              worst,
              wanted.length,
              wanted[worst],
              tolerance * largest,
              got[worst]));
    }
  }

  /** The elements in C order. */
  static double[] doubles(INDArray array) {
    return array.dup('c').castTo(DataType.DOUBLE).reshape(array.length()).toDoubleVector();
  }
}
