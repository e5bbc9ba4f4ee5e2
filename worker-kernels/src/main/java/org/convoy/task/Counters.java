package org.convoy.task;

import java.util.Map;

/**
 * What is counted over the samples of an evaluation. One executor's counters become everybody's by
 * {@link #merge}, in any order and with the same metrics. Not safe for several threads at once.
 */
public interface Counters {

  /**
   * Counts one sample.
   *
   * @param outputs of the network, a row (classes) from {@code offset}
   */
  void add(float[] outputs, int offset, Target target);

  /** How many samples were counted. */
  long samples();

  /** The task's metrics by name, in the task's order; NaN each where nothing was counted. */
  Map<String, Double> metrics();

  /** What the metrics are computed from; executors exchange it at each evaluation. */
  double[] toDoubles();

  /** Adds what another's {@link #toDoubles} gave. */
  void merge(double[] other);

  /** What the report shows beyond that; it goes to the driver once, at the end. */
  long[] details();

  /** Adds what another's {@link #details} gave. */
  void mergeDetails(long[] other);
}
