package org.convoy.loss;

import org.convoy.settings.Checks;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Binary cross entropy of each output's sigmoid, mean over a sample's elements, as in {@code
 * torch.nn.BCEWithLogitsLoss}: {@code -(positiveWeight * t * log sigmoid(x) + (1 - t) * log
 * sigmoid(-x))}. With classes as targets it is one-vs-rest (Wightman et al. 2021, "ResNet strikes
 * back", section 3.1).
 *
 * @param labelSmoothing in [0, 1): the target {@code t} is {@code 1 - labelSmoothing} of the given
 *     target, and the rest is spread evenly over the sample's classes
 * @param positiveWeight factor of the positive term, above 0; above 1 where positives are rare
 */
public record BinaryCrossEntropy(double labelSmoothing, double positiveWeight) implements Loss {
  /** Checks the ranges. */
  public BinaryCrossEntropy {
    new Checks()
        .fraction("label-smoothing", labelSmoothing)
        .positive("positive-weight", positiveWeight)
        .done();
  }

  @Override
  public double evaluate(
      INDArray output, Targets targets, float[] weights, INDArray gradient, int threads) {
    return Samples.weightedMean(output, targets, weights, gradient, threads, this::sample);
  }

  @Override
  public Loss unsmoothed() {
    return new BinaryCrossEntropy(0, positiveWeight);
  }

  private double sample(Samples at, double share) {
    double kept = 1 - labelSmoothing;
    double rest = labelSmoothing / at.classes();
    double scale = share / at.size();
    double total = 0;
    for (int c = 0; c < at.classes(); c++) {
      for (int p = 0; p < at.positions(); p++) {
        double x = at.output(c, p);
        double tail = Logistic.tail(x);
        double logTail = StrictMath.log1p(tail);
        double target = kept * at.target(c, p) + rest;
        double positive = positiveWeight * target;
        double negative = 1 - target;
        total +=
            positive * Logistic.softplus(-x, logTail) + negative * Logistic.softplus(x, logTail);
        double derivative =
            negative * Logistic.sigmoid(x, tail) - positive * Logistic.sigmoid(-x, tail);
        at.gradient(c, p, scale * derivative);
      }
    }
    return total / at.size();
  }
}
