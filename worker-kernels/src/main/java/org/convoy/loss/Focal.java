package org.convoy.loss;

import org.convoy.settings.Checks;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The focal loss of each output's sigmoid (Lin et al. 2017, equation 5), mean over a sample's
 * elements, as in {@code torchvision.ops.sigmoid_focal_loss}:
 *
 * <pre>
 *   ce    = -(t * log sigmoid(x) + (1 - t) * log sigmoid(-x))
 *   miss  = t * sigmoid(-x) + (1 - t) * sigmoid(x)                  (1 - p_t in the paper)
 *   loss  = (alpha * t + (1 - alpha) * (1 - t)) * miss^gamma * ce
 * </pre>
 *
 * With classes as targets it is one-vs-rest.
 *
 * @param alpha in [0, 1]: the weight of positives; the weight of negatives is {@code 1 - alpha}
 * @param gamma not negative; the larger, the less a well classified element counts; 0: all count
 *     alike
 */
public record Focal(double alpha, double gamma) implements Loss {
  /** Checks the ranges. */
  public Focal {
    new Checks().part("alpha", alpha).notNegative("gamma", gamma).done();
  }

  @Override
  public double evaluate(
      INDArray output, Targets targets, float[] weights, INDArray gradient, int threads) {
    return Samples.weightedMean(output, targets, weights, gradient, threads, this::sample);
  }

  private double sample(Samples at, double share) {
    double scale = share / at.size();
    double total = 0;
    for (int c = 0; c < at.classes(); c++) {
      for (int p = 0; p < at.positions(); p++) {
        double x = at.output(c, p);
        double t = at.target(c, p);
        double tail = Logistic.tail(x);
        double logTail = StrictMath.log1p(tail);
        double on = Logistic.sigmoid(x, tail);
        double off = Logistic.sigmoid(-x, tail);
        double entropy =
            t * Logistic.softplus(-x, logTail) + (1 - t) * Logistic.softplus(x, logTail);
        double miss = t * off + (1 - t) * on;
        double focus = StrictMath.pow(miss, gamma);
        double balance = alpha * t + (1 - alpha) * (1 - t);
        total += balance * focus * entropy;
        // d miss / dx = (1 - 2t) on * off, which is 0 with miss.
        double turning = miss == 0 ? 0 : gamma * focus / miss * (1 - 2 * t) * on * off * entropy;
        at.gradient(c, p, scale * balance * (focus * (on - t) + turning));
      }
    }
    return total / at.size();
  }
}
