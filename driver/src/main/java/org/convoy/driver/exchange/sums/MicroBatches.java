package org.convoy.driver.exchange.sums;

/**
 * The contiguous range of micro-batches that one executor computes in every step: one or several
 * whole groups.
 *
 * @param from the first micro-batch
 * @param to one past the last micro-batch
 * @param total M, the number of micro-batches in the global batch
 * @param groups G, the number of groups that they form, all of the same size and contiguous
 */
public record MicroBatches(int from, int to, int total, int groups) {

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
    if (groups < 1 || total % groups != 0) {
      throw new IllegalArgumentException(
          "expected a number of groups that divides " + total + " micro-batches, got " + groups);
    }
    int each = total / groups;
    if (from % each != 0 || to % each != 0) {
      throw new IllegalArgumentException(
          "expected whole groups of " + each + " micro-batches, got " + from + " to " + to);
    }
  }

  /** A range in which each micro-batch is its own group. */
  public MicroBatches(int from, int to, int total) {
    this(from, to, total, total);
  }

  /** {@link #range(int, int, int, int)} where each micro-batch is its own group. */
  public static MicroBatches range(int rank, int executors, int total) {
    return range(rank, executors, total, total);
  }

  /**
   * The share of one executor: contiguous, in rank order, sizes differing by at most one group.
   *
   * @param rank the executor, 0 to {@code executors - 1}
   * @param executors W, at least 1 and at most {@code groups}
   * @param total M, the number of micro-batches in the global batch
   * @param groups G, which divides M
   * @throws IllegalArgumentException if an executor would have nothing to compute
   */
  public static MicroBatches range(int rank, int executors, int total, int groups) {
    if (executors < 1 || executors > groups) {
      throw new IllegalArgumentException(
          "expected 1 to "
              + groups
              + " executors for a global batch of "
              + total
              + " micro-batches"
              + (groups == total ? "" : " in " + groups + " groups")
              + ", got "
              + executors);
    }
    if (rank < 0 || rank >= executors) {
      throw new IllegalArgumentException(
          "expected a rank of 0 to " + (executors - 1) + ", got " + rank);
    }
    int each = total / groups;
    int from = (int) ((long) rank * groups / executors) * each;
    int to = (int) ((rank + 1L) * groups / executors) * each;
    return new MicroBatches(from, to, total, groups);
  }

  /** Micro-batches in a group. */
  public int perGroup() {
    return total / groups;
  }

  /** The same range, counted in groups: {@code from} is its first group, {@code total} is G. */
  MicroBatches asGroups() {
    return new MicroBatches(from / perGroup(), to / perGroup(), groups);
  }

  /** The range of one group on its own. */
  MicroBatches ofOneGroup() {
    return new MicroBatches(0, perGroup(), perGroup());
  }

  /** The number of micro-batches that this executor computes in a step. */
  public int count() {
    return to - from;
  }
}
