package org.convoy.task;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.convoy.metrics.ConfusionMatrix;
import org.convoy.metrics.TopKCounter;

/**
 * Counts how often the true class is first and how often it is among the first five, and the
 * predicted classes for each true class.
 */
final class ClassificationCounters implements Counters {
  private final TopKCounter ranks = new TopKCounter();
  private final ConfusionMatrix confusion;

  ClassificationCounters(int classes) {
    this.confusion = new ConfusionMatrix(classes);
  }

  ConfusionMatrix confusion() {
    return confusion;
  }

  @Override
  public void add(float[] outputs, int offset, Target target) {
    int label = Classification.label(target);
    ranks.add(outputs, offset, confusion.classes(), label);
    confusion.add(outputs, offset, label);
  }

  @Override
  public long samples() {
    return ranks.samples();
  }

  @Override
  public Map<String, Double> metrics() {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("top1", samples() == 0 ? Double.NaN : ranks.top1());
    values.put("top5", samples() == 0 ? Double.NaN : ranks.top5());
    return Collections.unmodifiableMap(values);
  }

  @Override
  public double[] toDoubles() {
    return Arrays.stream(ranks.toLongs()).asDoubleStream().toArray();
  }

  @Override
  public void merge(double[] other) {
    ranks.merge(TopKCounter.fromLongs(Arrays.stream(other).mapToLong(Math::round).toArray()));
  }

  @Override
  public long[] details() {
    return confusion.toLongs();
  }

  @Override
  public void mergeDetails(long[] other) {
    confusion.merge(ConfusionMatrix.fromLongs(confusion.classes(), other));
  }
}
