package org.convoy.driver.search;

import java.util.Locale;
import org.convoy.settings.RequestException;

/**
 * How a search goes.
 *
 * @param trials the number of networks that are trained
 * @param population the number of networks that may have children
 * @param sample the number of networks of which the best one is the parent
 * @param mostMultiplyAdds of a network's forward pass on one sample; 0: any number
 * @param seed of all draws
 */
public record SearchPlan(int trials, int population, int sample, long mostMultiplyAdds, long seed) {
  /** Checks the numbers. */
  public SearchPlan {
    atLeast("--trials", trials, 1);
    atLeast("--population", population, 1);
    atLeast("--sample", sample, 1);
    atLeast("--most-multiply-adds", mostMultiplyAdds, 0);
    if (sample > population) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "--sample: expected at most the population of %d, got %d",
              population,
              sample));
    }
  }

  private static void atLeast(String option, long value, long least) {
    if (value < least) {
      throw new RequestException(
          String.format(Locale.ROOT, "%s: expected at least %d, got %d", option, least, value));
    }
  }
}
