package org.convoy.loss;

import org.convoy.settings.Checks;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cross entropy of the softmax of logits over the classes against a class distribution, at each
 * position, as in {@code torch.nn.CrossEntropyLoss}: {@code -sum_c target_c * log softmax_c}. The
 * target is {@code 1 - labelSmoothing} of the given class or distribution, and the rest is spread
 * evenly over all classes (Szegedy et al. 2016, section 7).
 *
 * @param labelSmoothing in [0, 1)
 */
public record CrossEntropy(double labelSmoothing) implements Loss {
  /** The exponentials at one position. */
  private static final ThreadLocal<double[]> SCRATCH = ThreadLocal.withInitial(() -> new double[0]);

  /** Checks the range. */
  public CrossEntropy {
    new Checks().fraction("label-smoothing", labelSmoothing).done();
  }

  @Override
  public double evaluate(
      INDArray output, Targets targets, float[] weights, INDArray gradient, int threads) {
    return Samples.weightedMean(output, targets, weights, gradient, threads, this::sample);
  }

  @Override
  public Loss unsmoothed() {
    return new CrossEntropy(0);
  }

  private double sample(Samples at, double share) {
    double[] powers = scratch(at.classes());
    double total = 0;
    for (int p = 0; p < at.positions(); p++) {
      total += position(at, p, share / at.positions(), powers);
    }
    return total / at.positions();
  }

  private double position(Samples at, int p, double share, double[] powers) {
    int classes = at.classes();
    double kept = 1 - labelSmoothing;
    double rest = labelSmoothing / classes;
    double largest = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      largest = Math.max(largest, at.output(c, p));
    }
    double sum = 0;
    double mass = 0;
    for (int c = 0; c < classes; c++) {
      powers[c] = StrictMath.exp(at.output(c, p) - largest);
      sum += powers[c];
      mass += kept * at.target(c, p) + rest;
    }
    double logSum = largest + StrictMath.log(sum);
    double loss = 0;
    for (int c = 0; c < classes; c++) {
      double target = kept * at.target(c, p) + rest;
      if (target != 0) {
        loss += target * (logSum - at.output(c, p));
      }
      at.gradient(c, p, share * (mass * (powers[c] / sum) - target));
    }
    return loss;
  }

  private static double[] scratch(int classes) {
    double[] row = SCRATCH.get();
    if (row.length < classes) {
      row = new double[classes];
      SCRATCH.set(row);
    }
    return row;
  }
}
