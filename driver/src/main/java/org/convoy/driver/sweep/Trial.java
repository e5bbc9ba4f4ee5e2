package org.convoy.driver.sweep;

import java.util.List;

/**
 * What became of one combination of values.
 *
 * @param number from 1
 * @param overrides of the recipe, {@code key=value}
 * @param steps that each of its runs has made
 * @param scores the yardstick's value of each of its runs: one, or one for each fold; NaN for a run
 *     that failed
 * @param failure of a run; empty: none failed
 */
public record Trial(
    int number, List<String> overrides, long steps, List<Double> scores, String failure) {
  /** Copies the lists. */
  public Trial {
    overrides = List.copyOf(overrides);
    scores = List.copyOf(scores);
  }

  /** The mean of the scores, NaN if a run failed. */
  public double mean() {
    return scores.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }

  /** The standard deviation of the scores as a sample; NaN for fewer than two. */
  public double deviation() {
    double mean = mean();
    double squares = scores.stream().mapToDouble(score -> (score - mean) * (score - mean)).sum();
    return scores.size() < 2 ? Double.NaN : Math.sqrt(squares / (scores.size() - 1));
  }
}
