package org.convoy.driver.exchange.sums;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How the groups of micro-batches are dealt to the executors: contiguous, in the order of ranks. It
 * decides who computes what, and has no part in the result.
 *
 * @param groups the number of groups of each rank, at least 1
 */
public record Shares(List<Integer> groups) {

  /** Copies the list. */
  public Shares {
    groups = List.copyOf(groups);
    if (groups.isEmpty() || groups.stream().anyMatch(count -> count < 1)) {
      throw new IllegalArgumentException(
          "expected at least one group for each executor, got " + groups);
    }
  }

  /** Sizes differ by at most one group; see {@link MicroBatches#range(int, int, int, int)}. */
  public static Shares equal(int executors, int groups) {
    return new Shares(
        IntStream.range(0, executors)
            .mapToObj(rank -> MicroBatches.range(rank, executors, groups).count())
            .toList());
  }

  /**
   * The shares with which the slowest executor is done the earliest.
   *
   * @param seconds that each rank takes for one group
   * @param groups the number of groups, at least one for each rank
   */
  public static Shares measured(double[] seconds, int groups) {
    Integer[] counts = new Integer[seconds.length];
    Arrays.fill(counts, 1);
    for (int left = groups - seconds.length; left > 0; left--) {
      int next = 0;
      for (int rank = 1; rank < seconds.length; rank++) {
        if ((counts[rank] + 1) * seconds[rank] < (counts[next] + 1) * seconds[next]) {
          next = rank;
        }
      }
      counts[next]++;
    }
    return new Shares(List.of(counts));
  }

  /** The time of the slowest executor's work in a step, if a group takes each rank so long. */
  public double longest(double[] seconds) {
    return IntStream.range(0, seconds.length)
        .mapToDouble(rank -> groups.get(rank) * seconds[rank])
        .max()
        .orElseThrow();
  }

  /**
   * The micro-batches of one rank.
   *
   * @param total M, a multiple of the number of groups
   */
  public MicroBatches range(int rank, int total) {
    int all = groups.stream().mapToInt(Integer::intValue).sum();
    int each = total / all;
    int from = groups.subList(0, rank).stream().mapToInt(Integer::intValue).sum();
    return new MicroBatches(from * each, (from + groups.get(rank)) * each, total, all);
  }
}
