package org.convoy.driver.monitor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Finds executors that are much slower than the others. All executors take their steps together, so
 * the others wait for the slowest one. What counts is the time of an executor's own work (waiting
 * for data, compute, update) for the same amount of work.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class Stragglers {
  /** An executor is a straggler if its work takes so many times as long as the others' median. */
  public static final double FACTOR = 1.5;

  /** The first steps of an executor warm its caches. So many steps are needed to name it. */
  static final int FEWEST_STEPS = 8;

  private final Map<String, Sums> executors = new LinkedHashMap<>();

  /**
   * A slow executor.
   *
   * @param executor Spark's id
   * @param factor the time of its work in units of the others' median
   * @param waitShare the part of their steps that the others waited in the exchange, 0 to 1
   */
  public record Straggler(String executor, String host, double factor, double waitShare) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "executor %s on %s takes %.1f times as long as the others for the same work; they wait %.0f%% of each step",
          executor,
          host,
          factor,
          100 * waitShare);
    }
  }

  private static final class Sums {
    final String host;
    double steps;
    double work;
    double ownMillis;
    double waitMillis;
    double millis;

    Sums(String host) {
      this.host = host;
    }

    double perWork() {
      return ownMillis / work;
    }
  }

  /**
   * Adds some steps of an executor.
   *
   * @param work that it did in each of these steps, in any unit that is the same for all executors
   * @param times of a step, the mean
   */
  public void add(String executor, String host, double work, double steps, StepTimes times) {
    Sums sums = executors.computeIfAbsent(executor, name -> new Sums(host));
    sums.steps += steps;
    sums.work += work * steps;
    sums.ownMillis += (times.data() + times.compute() + times.update()) * steps;
    sums.waitMillis += times.exchangeWait() * steps;
    sums.millis += times.total() * steps;
  }

  /** Whether every executor has done enough steps to be compared. */
  public boolean enough() {
    return executors.size() > 1
        && executors.values().stream().allMatch(each -> each.steps >= FEWEST_STEPS);
  }

  /** The slow executors, in the order in which they were added. */
  public List<Straggler> found() {
    List<Straggler> found = new ArrayList<>();
    executors.forEach(
        (name, sums) -> {
          List<Sums> others = executors.values().stream().filter(each -> each != sums).toList();
          if (!others.isEmpty()) {
            double factor = sums.perWork() / median(others);
            if (factor >= FACTOR) {
              found.add(new Straggler(name, sums.host, factor, waitShare(others)));
            }
          }
        });
    return found;
  }

  private static double median(List<Sums> executors) {
    double[] sorted = executors.stream().mapToDouble(Sums::perWork).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double waitShare(List<Sums> others) {
    double all = others.stream().mapToDouble(each -> each.millis).sum();
    return all == 0 ? 0 : others.stream().mapToDouble(each -> each.waitMillis).sum() / all;
  }
}
