package org.convoy.explanation;

import java.util.Map;

/** The mean of effective receptive fields, which is the network's. */
public final class FieldMean {
  static final String SIDE = "side";

  /** Values above this share of the largest belong to the field. */
  private static final double LEAST = 1 - 0.9545;

  private final int height;
  private final int width;
  private final double[] sum;
  private int count;

  /** A mean of no fields yet, for images of this size. */
  public FieldMean(int height, int width) {
    this.height = height;
    this.width = width;
    this.sum = new double[height * width];
  }

  /** Adds the field of an image. */
  public void add(Attribution field) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += field.values()[i];
    }
    count++;
  }

  /** The mean so far; zeros before the first field. */
  public Attribution mean() {
    float[] values = new float[sum.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (sum[i] / Math.max(1, count));
    }
    return Attribution.of(height, width, values, Map.of(SIDE, side(values)));
  }

  /**
   * The side of a square of as many positions as the field has. Luo et al. count the positions with
   * more than 1 - 95.45% of the largest value.
   */
  static double side(float[] values) {
    double largest = 0;
    for (float each : values) {
      largest = Math.max(largest, each);
    }
    int within = 0;
    for (float each : values) {
      within += each > LEAST * largest ? 1 : 0;
    }
    return Math.sqrt(within);
  }
}
