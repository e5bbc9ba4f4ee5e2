package org.convoy.driver.exchange.sums;

import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Gradient vectors of micro-batches, of widely different magnitudes, so that order shows. */
public final class Gradients {

  private Gradients() {}

  public static float[] of(int microBatch, int length) {
    SplittableRandom random = new SplittableRandom(17L + microBatch);
    float[] gradient = new float[length];
    for (int i = 0; i < length; i++) {
      int scale = random.nextInt(-12, 12);
      gradient[i] = Math.scalb((float) (random.nextDouble() - 0.5), scale);
    }
    return gradient;
  }

  public static INDArray array(int microBatch, int length) {
    return Nd4j.createFromArray(of(microBatch, length));
  }

  /** The sum of micro-batches {@code from} to {@code to}, by the definition of the tree. */
  public static float[] sum(int from, int to, int length) {
    if (to - from == 1) {
      return of(from, length);
    }
    int middle = from + SumTree.split(to - from);
    float[] left = sum(from, middle, length);
    float[] right = sum(middle, to, length);
    for (int i = 0; i < length; i++) {
      left[i] += right[i];
    }
    return left;
  }
}
