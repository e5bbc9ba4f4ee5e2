package org.convoy.task;

import java.util.List;
import org.convoy.settings.Checks;

/**
 * The weight of a class by its effective number of images (Cui et al. 2019, "Class-balanced loss
 * based on effective number of samples", equation 2): {@code (1 - beta) / (1 - beta^n)}. Images of
 * a frequent class resemble each other, so more of them add less and less.
 *
 * @param beta from 0, where all images count alike, to less than 1, where it approaches the inverse
 *     frequency
 */
public record EffectiveNumber(double beta) implements ClassWeights {
  /** Checks the range. */
  public EffectiveNumber {
    new Checks().fraction("beta", beta).done();
  }

  @Override
  public double[] unscaled(List<String> classes, long[] counts) {
    double[] weights = new double[counts.length];
    for (int c = 0; c < counts.length; c++) {
      weights[c] = (1 - beta) / (1 - StrictMath.pow(beta, Math.max(1, counts[c])));
    }
    return weights;
  }
}
