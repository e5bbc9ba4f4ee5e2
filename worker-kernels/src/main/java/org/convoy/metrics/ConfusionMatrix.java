package org.convoy.metrics;

/** Counts samples by (true class, predicted class), row-major. */
public final class ConfusionMatrix {
  private final int classes;
  private final long[] counts;

  /** An empty matrix. */
  public ConfusionMatrix(int classes) {
    if (classes < 1 || (long) classes * classes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("expected 1 to 46340 classes, got " + classes);
    }
    this.classes = classes;
    this.counts = new long[classes * classes];
  }

  /**
   * Counts one sample. The prediction is the class with the highest logit; the lower number wins
   * ties.
   */
  public void add(float[] logits, int offset, int label) {
    Ranking.checkRow(logits, offset, classes, label);
    add(label, Ranking.first(logits, offset, classes));
  }

  /** Counts one sample. */
  public void add(int label, int predicted) {
    counts[index(label, predicted)]++;
  }

  /** Adds the counts of another matrix of the same number of classes. */
  public void merge(ConfusionMatrix other) {
    if (other.classes != classes) {
      throw new IllegalArgumentException(
          "expected a confusion matrix of " + classes + " classes, got one of " + other.classes);
    }
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
  }

  public int classes() {
    return classes;
  }

  /** The number of samples of class {@code label} that were predicted as {@code predicted}. */
  public long count(int label, int predicted) {
    return counts[index(label, predicted)];
  }

  public long samples() {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  /** The share of correct samples among those predicted as this class; 0 if there were none. */
  public double precision(int label) {
    long predicted = 0;
    for (int other = 0; other < classes; other++) {
      predicted += count(other, label);
    }
    return share(count(label, label), predicted);
  }

  /** The share of this class's samples that were predicted as it; 0 if there were none. */
  public double recall(int label) {
    long present = 0;
    for (int other = 0; other < classes; other++) {
      present += count(label, other);
    }
    return share(count(label, label), present);
  }

  /** The share of samples on the diagonal; 0 if there are no samples. */
  public double accuracy() {
    long right = 0;
    for (int label = 0; label < classes; label++) {
      right += count(label, label);
    }
    return share(right, samples());
  }

  /** The counts, (true class, predicted class). */
  public long[] toLongs() {
    return counts.clone();
  }

  /** The matrix that {@link #toLongs} wrote. */
  public static ConfusionMatrix fromLongs(int classes, long[] counts) {
    ConfusionMatrix matrix = new ConfusionMatrix(classes);
    if (counts.length != matrix.counts.length) {
      throw new IllegalArgumentException(
          "expected "
              + matrix.counts.length
              + " counts for "
              + classes
              + " classes, got "
              + counts.length);
    }
    System.arraycopy(counts, 0, matrix.counts, 0, counts.length);
    return matrix;
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  private int index(int label, int predicted) {
    if (label < 0 || label >= classes || predicted < 0 || predicted >= classes) {
      throw new IllegalArgumentException(
          "expected classes of 0 to "
              + (classes - 1)
              + ", got "
              + label
              + " taken for "
              + predicted);
    }
    return label * classes + predicted;
  }
}
