package org.convoy.metrics;

/**
 * Counts how often the true class is the first, and how often it is among the first five. The lower
 * class number wins ties. A class whose logit is NaN is never a hit.
 */
public final class TopKCounter {
  private static final int FIELDS = 3;
  private static final int FIVE = 5;

  private long samples;
  private long top1Hits;
  private long top5Hits;

  /**
   * Counts one sample.
   *
   * @param logits holds the row (classes) from {@code offset}
   * @throws IllegalArgumentException if the label is not a class or the array does not hold the row
   */
  public void add(float[] logits, int offset, int classes, int label) {
    Ranking.checkRow(logits, offset, classes, label);
    samples++;
    if (Float.isNaN(logits[offset + label])) {
      return;
    }
    int rank = Ranking.rank(logits, offset, classes, label);
    if (rank < 1) {
      top1Hits++;
    }
    if (rank < FIVE) {
      top5Hits++;
    }
  }

  /** Adds the counts of another counter. */
  public void merge(TopKCounter other) {
    samples += other.samples;
    top1Hits += other.top1Hits;
    top5Hits += other.top5Hits;
  }

  public long samples() {
    return samples;
  }

  /**
   * The share of samples whose true class was first.
   *
   * @throws IllegalStateException when there are no samples
   */
  public double top1() {
    return share(top1Hits);
  }

  /**
   * The share of samples whose true class was among the first five.
   *
   * @throws IllegalStateException when there are no samples
   */
  public double top5() {
    return share(top5Hits);
  }

  private double share(long hits) {
    if (samples == 0) {
      throw new IllegalStateException("there is no share of no samples");
    }
    return (double) hits / samples;
  }

  /** Samples, top-1 hits, top-5 hits. */
  public long[] toLongs() {
    return new long[] {samples, top1Hits, top5Hits};
  }

  /** The counter that {@link #toLongs} wrote. */
  public static TopKCounter fromLongs(long[] values) {
    if (values.length != FIELDS
        || values[2] > values[0]
        || values[1] > values[2]
        || values[1] < 0) {
      throw new IllegalArgumentException(
          "expected samples >= top-5 hits >= top-1 hits >= 0, got "
              + java.util.Arrays.toString(values));
    }
    TopKCounter counter = new TopKCounter();
    counter.samples = values[0];
    counter.top1Hits = values[1];
    counter.top5Hits = values[2];
    return counter;
  }
}
