package org.convoy.driver.exchange;

/**
 * The contiguous range of micro-batches that one executor computes in every step.
 *
 * @param from the first micro-batch
 * @param to one past the last micro-batch
 * @param total M, the number of micro-batches in the global batch
 */
public record MicroBatches(int from, int to, int total) {

  public MicroBatches {
    if (from < 0 || from >= to || to > total) {
      throw new IllegalArgumentException(
          "expected micro-batches 0 <= from < to <= total, got from="
              + from
              + ", to="
              + to
              + ", total="
              + total);
    }
  }

  /**
   * The share of one executor: contiguous, in rank order, sizes differing by at most one.
   *
   * @param rank the executor, 0 to {@code executors - 1}
   * @param executors W, at least 1 and at most {@code total}
   * @param total M, the number of micro-batches in the global batch
   * @throws IllegalArgumentException if an executor would have nothing to compute
   */
  public static MicroBatches range(int rank, int executors, int total) {
    if (executors < 1 || executors > total) {
      throw new IllegalArgumentException(
          "expected 1 to "
              + total
              + " executors for a global batch of "
              + total
              + " micro-batches, got "
              + executors);
    }
    if (rank < 0 || rank >= executors) {
      throw new IllegalArgumentException(
          "expected a rank of 0 to " + (executors - 1) + ", got " + rank);
    }
    int from = (int) ((long) rank * total / executors);
    int to = (int) ((rank + 1L) * total / executors);
    return new MicroBatches(from, to, total);
  }

  /** How many micro-batches this executor computes in a step. */
  public int count() {
    return to - from;
  }
}
