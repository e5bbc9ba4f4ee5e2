package org.convoy.driver.sweep;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.convoy.task.Metric;

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

  /** What the user is told at the trial's end. */
  public String line(Metric yardstick) {
    return String.format(
        Locale.ROOT,
        "trial %d after %d steps: %s %s (%s)%s",
        number,
        steps,
        yardstick.name(),
        SweepReport.figure(this),
        String.join(", ", overrides),
        failure.isEmpty() ? "" : ": " + failure);
  }

  /** The order of trials by their means; those that failed come last. */
  public static Comparator<Trial> bestFirst(Metric yardstick) {
    return (a, b) ->
        yardstick.better(a.mean(), b.mean()) ? -1 : yardstick.better(b.mean(), a.mean()) ? 1 : 0;
  }
}
