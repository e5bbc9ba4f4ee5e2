package org.convoy.loss;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The square of each output's distance from its target, mean over a sample's elements, as in {@code
 * torch.nn.MSELoss}. An element whose target is NaN does not count: a masked autoencoder restores
 * what is hidden, and not what it sees.
 */
public record MeanSquaredError() implements Loss {

  @Override
  public double evaluate(
      INDArray output, Targets targets, float[] weights, INDArray gradient, int threads) {
    if (targets instanceof Targets.Classes) {
      throw new IllegalArgumentException("mean squared error: expected dense targets, got classes");
    }
    return Samples.weightedMean(output, targets, weights, gradient, threads, this::sample);
  }

  @Override
  public boolean takesClasses() {
    return false;
  }

  private double sample(Samples at, double share) {
    long counted = 0;
    double total = 0;
    for (int c = 0; c < at.classes(); c++) {
      for (int p = 0; p < at.positions(); p++) {
        double target = at.target(c, p);
        if (!Double.isNaN(target)) {
          double difference = at.output(c, p) - target;
          counted++;
          total += difference * difference;
        }
      }
    }
    double scale = counted == 0 ? 0 : 2 * share / counted;
    for (int c = 0; c < at.classes(); c++) {
      for (int p = 0; p < at.positions(); p++) {
        double target = at.target(c, p);
        at.gradient(c, p, Double.isNaN(target) ? 0 : scale * (at.output(c, p) - target));
      }
    }
    return counted == 0 ? 0 : total / counted;
  }
}
