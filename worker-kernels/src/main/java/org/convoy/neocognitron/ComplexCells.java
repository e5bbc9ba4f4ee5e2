package org.convoy.neocognitron;

/**
 * A layer of C-cells: each sees the S-cells of its own plane around its place, and is inhibited by
 * the mean of all planes (equations 5 and 6). Its weights are fixed and fall with the distance.
 */
final class ComplexCells {
  /** The fall of the weights d with each step from the middle. */
  private static final double FALL = 0.8;

  /** Half of the greatest output is reached here, alpha in the paper. */
  private static final double SATURATION = 0.5;

  private final int stride;
  private final int window;
  private final double[] weights;

  /**
   * @param stride positions of S-cells for each C-cell and direction
   * @param window the number of positions that a cell sees in each direction
   */
  ComplexCells(int stride, int window) {
    this.stride = stride;
    this.window = window;
    this.weights = new double[window * window];
    double middle = (window - 1) / 2.0;
    for (int i = 0; i < weights.length; i++) {
      double distance = Math.hypot(i / window - middle, i % window - middle);
      weights[i] = StrictMath.pow(FALL, distance);
    }
  }

  Planes respond(Planes before) {
    int side = before.side() / stride;
    Planes after = Planes.silent(before.count(), side);
    double[] sums = new double[before.count()];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double mean = 0;
        for (int k = 0; k < sums.length; k++) {
          sums[k] = sum(before, k, y, x);
          mean += sums[k] / sums.length;
        }
        for (int k = 0; k < sums.length; k++) {
          double excess = Math.max(0, (1 + sums[k]) / (1 + mean) - 1);
          after.set(k, y, x, excess / (SATURATION + excess));
        }
      }
    }
    return after;
  }

  private double sum(Planes before, int plane, int y, int x) {
    int top = y * stride + (stride - window) / 2;
    int left = x * stride + (stride - window) / 2;
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * before.at(plane, top + i / window, left + i % window);
    }
    return sum;
  }
}
