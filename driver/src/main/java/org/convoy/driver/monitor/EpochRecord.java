package org.convoy.driver.monitor;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.convoy.task.Metric;

/**
 * One finished epoch. Values that were not measured, because the epoch was not validated, are NaN.
 *
 * @param epoch from 1 on
 * @param step the last step of the epoch
 * @param trainLoss mean loss over the epoch's training samples
 * @param metrics of the validation, by name, in the order of {@link org.convoy.task.Task#stated}
 * @param imagesPerSecond training images over the epoch's whole time, validation included
 * @param seconds the epoch's whole time
 */
public record EpochRecord(
    int epoch,
    long step,
    double trainLoss,
    Map<String, Double> metrics,
    double imagesPerSecond,
    double seconds)
    implements Serializable {

  /** Copies the map. */
  public EpochRecord {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /** A metric's value, NaN if it was not measured. */
  public double metric(Metric metric) {
    return metrics.getOrDefault(metric.name(), Double.NaN);
  }

  /** Whether the epoch was validated. */
  public boolean validated() {
    return metrics.values().stream().anyMatch(value -> !Double.isNaN(value));
  }
}
