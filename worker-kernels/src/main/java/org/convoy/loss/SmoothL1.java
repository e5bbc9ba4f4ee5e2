package org.convoy.loss;

import org.convoy.settings.Checks;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The distance of each output from its target, squared where it is small, mean over a sample's
 * elements, as in {@code torch.nn.SmoothL1Loss} (Girshick 2015, equation 3): with {@code d =
 * |output - target|}, {@code d^2 / (2 beta)} where {@code d < beta}, else {@code d - beta / 2}.
 *
 * @param beta the distance up to which the loss is a square, not negative; 0: the plain distance
 */
public record SmoothL1(double beta) implements Loss {
  /** Checks the range. */
  public SmoothL1 {
    new Checks().notNegative("beta", beta).done();
  }

  @Override
  public double evaluate(
      INDArray output, Targets targets, float[] weights, INDArray gradient, int threads) {
    if (targets instanceof Targets.Classes) {
      throw new IllegalArgumentException("smooth L1: expected dense targets, got classes");
    }
    return Samples.weightedMean(output, targets, weights, gradient, threads, this::sample);
  }

  @Override
  public boolean takesClasses() {
    return false;
  }

  private double sample(Samples at, double share) {
    double scale = share / at.size();
    double total = 0;
    for (int c = 0; c < at.classes(); c++) {
      for (int p = 0; p < at.positions(); p++) {
        double difference = at.output(c, p) - at.target(c, p);
        double distance = Math.abs(difference);
        boolean near = distance < beta;
        total += near ? difference * difference / (2 * beta) : distance - beta / 2;
        at.gradient(c, p, scale * (near ? difference / beta : Math.signum(difference)));
      }
    }
    return total / at.size();
  }
}
