package org.convoy.task;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A number that an evaluation reports.
 *
 * @param name in files, for example {@code top1}
 * @param title for people, for example {@code Top-1}
 * @param form the kind of number
 * @param moreIsBetter whether a greater value is better
 */
public record Metric(String name, String title, Form form, boolean moreIsBetter) {
  /** The mean loss over the validation samples, which every task has. */
  public static final Metric LOSS =
      new Metric("validation_loss", "Validation loss", Form.NUMBER, false);

  /** The kind of a metric's number. */
  public enum Form {
    /** A share, 0 to 1. */
    SHARE,
    /** Any number. */
    NUMBER
  }

  /** Whether a value is better than another: any number is better than NaN. */
  public boolean better(double value, double than) {
    if (Double.isNaN(value) || Double.isNaN(than)) {
      return !Double.isNaN(value);
    }
    return moreIsBetter ? value > than : value < than;
  }

  /** The place of the best of several sets of metrics; the first one of equals. */
  public Optional<Integer> best(List<Map<String, Double>> all) {
    int best = -1;
    double most = Double.NaN;
    for (int i = 0; i < all.size(); i++) {
      double value = all.get(i).getOrDefault(name, Double.NaN);
      if (better(value, most)) {
        best = i;
        most = value;
      }
    }
    return best < 0 ? Optional.empty() : Optional.of(best);
  }

  /** The metrics without an evaluation: each is NaN, in order. */
  public static Map<String, Double> unmeasured(List<Metric> metrics) {
    Map<String, Double> values = new LinkedHashMap<>();
    metrics.forEach(metric -> values.put(metric.name(), Double.NaN));
    return Collections.unmodifiableMap(values);
  }
}
