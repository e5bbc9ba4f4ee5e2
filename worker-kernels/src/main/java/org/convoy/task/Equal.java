package org.convoy.task;

import java.util.Arrays;
import java.util.List;

/** Every image counts alike, so a frequent class counts more than a rare one. */
public record Equal() implements ClassWeights {
  @Override
  public double[] unscaled(List<String> classes, long[] counts) {
    double[] weights = new double[counts.length];
    Arrays.fill(weights, 1);
    return weights;
  }

  @Override
  public boolean equal() {
    return true;
  }
}
