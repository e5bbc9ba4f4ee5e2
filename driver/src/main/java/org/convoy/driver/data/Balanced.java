package org.convoy.driver.data;

import org.convoy.settings.Checks;

/**
 * Rare classes more often than they occur: a class of n samples has a share of each epoch in
 * proportion to {@code n^(1 - power)} (Mahajan et al. 2018, "Exploring the limits of weakly
 * supervised pretraining", section 2.2, has the power 0.5).
 *
 * @param power from 0, where classes have the share that they occur with, to 1, where all have the
 *     same
 */
public record Balanced(double power) implements Sampling {
  /** Checks the range. */
  public Balanced {
    new Checks().part("power", power).done();
  }

  @Override
  public Selection of(Labelled samples, int places, long seed) {
    long[] counts = samples.counts();
    double[] shares = new double[counts.length];
    for (int c = 0; c < shares.length; c++) {
      shares[c] = StrictMath.pow(counts[c], 1 - power);
    }
    return new ClassShares(samples, shares, places, seed);
  }

  @Override
  public boolean byClass() {
    return true;
  }
}
