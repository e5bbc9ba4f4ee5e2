package org.convoy.loss;

import org.convoy.settings.Checks;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One minus the soft Dice coefficient of a sample's sigmoids {@code p} and its mask {@code t}, over
 * all elements of the sample together (Milletari et al. 2016, section 3):
 *
 * <pre>
 *   loss = 1 - (2 * sum(p * t) + epsilon) / (sum(p^2) + sum(t^2) + epsilon)
 * </pre>
 *
 * @param epsilon positive: an empty mask that is predicted empty has loss 0, and gradients stay
 *     finite
 */
public record Dice(double epsilon) implements Loss {
  /** Checks the range. */
  public Dice {
    new Checks().positive("epsilon", epsilon).done();
  }

  @Override
  public double evaluate(
      INDArray output, Targets targets, float[] weights, INDArray gradient, int threads) {
    return Samples.weightedMean(output, targets, weights, gradient, threads, this::sample);
  }

  private double sample(Samples at, double share) {
    double overlap = epsilon;
    double size = epsilon;
    for (int c = 0; c < at.classes(); c++) {
      for (int p = 0; p < at.positions(); p++) {
        double x = at.output(c, p);
        double on = Logistic.sigmoid(x, Logistic.tail(x));
        double target = at.target(c, p);
        overlap += 2 * on * target;
        size += on * on + target * target;
      }
    }
    double coefficient = overlap / size;
    for (int c = 0; c < at.classes(); c++) {
      for (int p = 0; p < at.positions(); p++) {
        double x = at.output(c, p);
        double tail = Logistic.tail(x);
        double on = Logistic.sigmoid(x, tail);
        double derivative = 2 * (coefficient * on - at.target(c, p)) / size;
        at.gradient(c, p, share * derivative * on * Logistic.sigmoid(-x, tail));
      }
    }
    return 1 - coefficient;
  }
}
