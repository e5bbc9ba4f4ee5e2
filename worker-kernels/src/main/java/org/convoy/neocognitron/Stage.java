package org.convoy.neocognitron;

/**
 * A layer of S-cells, which find features, and the layer of C-cells behind it, which find them
 * wherever they are nearby.
 *
 * @param planes the number of features
 * @param stride positions of S-cells for each C-cell and direction
 * @param speed of learning, q in the paper
 * @param selectivity of S-cells, r in the paper: the greater, the more alike a feature must be
 */
public record Stage(int planes, int stride, double speed, double selectivity) {
  /** Checks the numbers. */
  public Stage {
    if (planes < 1 || stride < 1 || !(speed > 0) || !(selectivity > 0)) {
      throw new IllegalArgumentException(
          "expected planes and a stride of at least 1, a speed and a selectivity of more than 0, got "
              + planes
              + ", "
              + stride
              + ", "
              + speed
              + ", "
              + selectivity);
    }
  }
}
