package org.convoy.driver.monitor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.convoy.task.Section;

/**
 * The number of samples by true class and predicted class.
 *
 * @param labels names of the classes
 * @param counts samples by true class (row) and predicted class (column)
 */
record Confusion(List<String> labels, long[][] counts) {

  /** Checks that there is a row and a column for each class, and copies the counts. */
  Confusion {
    labels = List.copyOf(labels);
    int classes = labels.size();
    if (counts.length != classes || Arrays.stream(counts).anyMatch(r -> r.length != classes)) {
      throw new IllegalArgumentException(
          "expected counts of " + classes + " classes, got " + counts.length + " rows");
    }
    counts = Arrays.stream(counts).map(long[]::clone).toArray(long[][]::new);
  }

  /** The counts of a task's section. */
  static Confusion of(Section.Confusions section) {
    int classes = section.classes().size();
    long[][] counts = new long[classes][classes];
    for (int actual = 0; actual < classes; actual++) {
      for (int predicted = 0; predicted < classes; predicted++) {
        counts[actual][predicted] = section.counts().count(actual, predicted);
      }
    }
    return new Confusion(section.classes(), counts);
  }

  /**
   * One pair of classes that were confused.
   *
   * @param actual the true class
   * @param predicted the class that was predicted
   * @param count the number of samples
   */
  record Pair(int actual, int predicted, long count) {}

  int classes() {
    return labels.size();
  }

  long count(int actual, int predicted) {
    return counts[actual][predicted];
  }

  /** The number of samples of a class. */
  long samples(int actual) {
    return Arrays.stream(counts[actual]).sum();
  }

  /**
   * The share of a class's samples that were predicted correctly; NaN for a class without samples.
   */
  double recall(int actual) {
    long samples = samples(actual);
    return samples == 0 ? Double.NaN : (double) counts[actual][actual] / samples;
  }

  /** The most frequent confusions, at most {@code most}. */
  List<Pair> worst(int most) {
    List<Pair> pairs = new ArrayList<>();
    for (int actual = 0; actual < classes(); actual++) {
      for (int predicted = 0; predicted < classes(); predicted++) {
        if (actual != predicted && counts[actual][predicted] > 0) {
          pairs.add(new Pair(actual, predicted, counts[actual][predicted]));
        }
      }
    }
    pairs.sort(Comparator.comparingLong(Pair::count).reversed());
    return pairs.subList(0, Math.min(most, pairs.size()));
  }

  /** The classes with the lowest recall, at most {@code most}. */
  List<Integer> hardest(int most) {
    return IntStream.range(0, classes())
        .boxed()
        .filter(label -> samples(label) > 0)
        .sorted(Comparator.comparingDouble(this::recall))
        .limit(most)
        .toList();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Confusion that
        && labels.equals(that.labels)
        && Arrays.deepEquals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return 31 * labels.hashCode() + Arrays.deepHashCode(counts);
  }

  @Override
  public String toString() {
    return "Confusion[" + labels + ", " + Arrays.deepToString(counts) + "]";
  }
}
