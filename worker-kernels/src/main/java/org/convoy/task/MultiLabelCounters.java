package org.convoy.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Holds the outputs and labels of every counted sample, because average precision needs their whole
 * order. It holds five bytes per sample and class. Executors exchange sixteen, once per evaluation.
 *
 * <p>The average precision of a class is {@code sum_k (R_k - R_(k-1)) P_k} over its distinct
 * outputs from the greatest down, where precision {@code P_k} and recall {@code R_k} are those of
 * naming the class wherever the output is at least the k-th, as scikit-learn's {@code
 * average_precision_score} has it. Samples of equal outputs count together, so the order of samples
 * does not matter. The mean is over the classes that hold for at least one sample.
 */
final class MultiLabelCounters implements Counters {
  private final int classes;
  private final List<Sample> samples = new ArrayList<>();

  /** A sample's outputs, and the classes that hold. */
  private record Sample(float[] outputs, boolean[] holds) {}

  MultiLabelCounters(int classes) {
    this.classes = classes;
  }

  @Override
  public void add(float[] outputs, int offset, Target target) {
    boolean[] holds = new boolean[classes];
    target.classes().forEach(label -> holds[label] = true);
    samples.add(new Sample(Arrays.copyOfRange(outputs, offset, offset + classes), holds));
  }

  @Override
  public long samples() {
    return samples.size();
  }

  @Override
  public Map<String, Double> metrics() {
    double mean =
        IntStream.range(0, classes)
            .mapToDouble(this::averagePrecision)
            .filter(value -> !Double.isNaN(value))
            .average()
            .orElse(Double.NaN);
    return Map.of("mean_average_precision", mean);
  }

  /** The average precision of a class; NaN for one that holds for no sample. */
  double averagePrecision(int label) {
    List<Sample> order =
        samples.stream()
            .sorted(Comparator.comparingDouble((Sample each) -> each.outputs[label]).reversed())
            .toList();
    long positives = samples.stream().filter(each -> each.holds[label]).count();
    double sum = 0;
    long right = 0;
    long rightBefore = 0;
    for (int i = 0; i < order.size(); i++) {
      right += order.get(i).holds[label] ? 1 : 0;
      boolean last = i + 1 == order.size();
      if (last || order.get(i + 1).outputs[label] != order.get(i).outputs[label]) {
        sum += (double) (right - rightBefore) / positives * right / (i + 1);
        rightBefore = right;
      }
    }
    return positives == 0 ? Double.NaN : sum;
  }

  /** The counts when a class is predicted wherever its probability is above a threshold. */
  MultiLabel.Recognition above(int label, double threshold) {
    long positives = 0;
    long named = 0;
    long right = 0;
    for (Sample sample : samples) {
      boolean above = MultiLabel.probability(sample.outputs[label]) > threshold;
      positives += sample.holds[label] ? 1 : 0;
      named += above ? 1 : 0;
      right += above && sample.holds[label] ? 1 : 0;
    }
    return new MultiLabel.Recognition(positives, named, right);
  }

  /** For each sample and class: the output, then 1 if the class holds, else 0. */
  @Override
  public double[] toDoubles() {
    return samples.stream()
        .flatMapToDouble(
            sample ->
                IntStream.range(0, classes)
                    .mapToObj(c -> DoubleStream.of(sample.outputs[c], sample.holds[c] ? 1 : 0))
                    .flatMapToDouble(each -> each))
        .toArray();
  }

  @Override
  public void merge(double[] other) {
    int row = 2 * classes;
    if (other.length % row != 0) {
      throw new IllegalArgumentException(
          "expected rows of " + row + " numbers, got " + other.length + " numbers");
    }
    for (int start = 0; start < other.length; start += row) {
      Sample sample = new Sample(new float[classes], new boolean[classes]);
      for (int c = 0; c < classes; c++) {
        sample.outputs[c] = (float) other[start + 2 * c];
        sample.holds[c] = other[start + 2 * c + 1] != 0;
      }
      samples.add(sample);
    }
  }

  @Override
  public long[] details() {
    return new long[0];
  }

  @Override
  public void mergeDetails(long[] other) {
    if (other.length > 0) {
      throw new IllegalArgumentException("expected no details, got " + other.length);
    }
  }
}
