package org.convoy.metrics;

import java.util.ArrayList;
import java.util.List;

/**
 * The order of classes by logit: the higher logit first, then the lower class number, and NaN last.
 * It is a total order, so counts do not depend on the executor that counts.
 */
final class Ranking {
  private Ranking() {}

  /**
   * The number of classes before the given one, in the row logits[offset .. offset + classes - 1].
   */
  static int rank(float[] logits, int offset, int classes, int label) {
    int before = 0;
    for (int c = 0; c < classes; c++) {
      if (precedes(logits, offset, c, label)) {
        before++;
      }
    }
    return before;
  }

  /** The first class in the order. */
  static int first(float[] logits, int offset, int classes) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      if (precedes(logits, offset, c, best)) {
        best = c;
      }
    }
    return best;
  }

  /** The first {@code count} classes of the row, in order; all of them if there are fewer. */
  static List<Integer> top(float[] logits, int offset, int classes, int count) {
    List<Integer> order = new ArrayList<>(classes);
    for (int c = 0; c < classes; c++) {
      order.add(c);
    }
    order.sort((a, b) -> a.equals(b) ? 0 : precedes(logits, offset, a, b) ? -1 : 1);
    return List.copyOf(order.subList(0, Math.min(count, classes)));
  }

  private static boolean precedes(float[] logits, int offset, int a, int b) {
    float x = logits[offset + a];
    float y = logits[offset + b];
    if (Float.isNaN(x) || Float.isNaN(y)) {
      return Float.isNaN(x) == Float.isNaN(y) ? a < b : Float.isNaN(y);
    }
    return x > y || (x == y && a < b);
  }

  static void checkRow(float[] logits, int offset, int classes, int label) {
    if (label < 0 || label >= classes) {
      throw new IllegalArgumentException(
          "expected a label of 0 to " + (classes - 1) + ", got " + label);
    }
    if (offset < 0 || offset + classes > logits.length) {
      throw new IllegalArgumentException(
          "expected " + classes + " logits from " + offset + ", the array has " + logits.length);
    }
  }
}
