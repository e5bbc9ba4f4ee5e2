package org.convoy.kernels;

import org.convoy.graph.Draws;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays for tests: the same numbers each time for a seed and a name. */
final class Draw {
  private Draw() {}

  /** float32, uniform in [-bound, bound), in C order. */
  static INDArray uniform(long seed, String name, double bound, long... shape) {
    long length = 1;
    for (long dimension : shape) {
      length *= dimension;
    }
    Draws draws = new Draws(seed, name);
    float[] values = new float[Math.toIntExact(length)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((2 * draws.uniform(i) - 1) * bound);
    }
    return Nd4j.create(values, shape, 'c');
  }
}
