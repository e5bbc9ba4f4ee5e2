package org.convoy.task;

import java.util.Map;

/**
 * Counts the samples of an evaluation. {@link #merge} combines the counters of all executors; the
 * order does not change the metrics. Not safe for several threads.
 */
public interface Counters {

  /**
   * Counts one sample.
   *
   * @param outputs of the network, a row (classes) from {@code offset}
   */
  void add(float[] outputs, int offset, Target target);

  /** The number of samples counted. */
  long samples();

  /** The task's metrics by name, in the task's order. Each is NaN if nothing was counted. */
  Map<String, Double> metrics();

  /** The numbers that the metrics are computed from. Executors exchange them at each evaluation. */
  double[] toDoubles();

  /** Adds the result of another's {@link #toDoubles}. */
  void merge(double[] other);

  /** Further numbers for the report. They are sent to the driver once, at the end. */
  long[] details();

  /** Adds the result of another's {@link #details}. */
  void mergeDetails(long[] other);
}
