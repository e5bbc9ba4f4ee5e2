package org.convoy.task;

import java.util.Map;

/** The number of samples of a task that has no metrics. */
final class SampleCounters implements Counters {
  private long samples;

  @Override
  public void add(float[] outputs, int offset, Target target) {
    samples++;
  }

  @Override
  public long samples() {
    return samples;
  }

  @Override
  public Map<String, Double> metrics() {
    return Map.of();
  }

  @Override
  public double[] toDoubles() {
    return new double[] {samples};
  }

  @Override
  public void merge(double[] other) {
    samples += Math.round(other[0]);
  }

  @Override
  public long[] details() {
    return new long[0];
  }

  @Override
  public void mergeDetails(long[] other) {}
}
