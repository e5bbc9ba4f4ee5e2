package org.convoy.driver.training;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/** How often a run may restart within a time. A run of days may lose an executor each day. */
final class RestartBudget {
  /** The time that {@code max-restarts} counts for. */
  static final Duration WINDOW = Duration.ofHours(1);

  private final int most;
  private final LongSupplier nanos;
  private final Deque<Long> taken = new ArrayDeque<>();

  /**
   * @param most the number of restarts within {@link #WINDOW}
   * @param nanos the time, as {@link System#nanoTime} gives it
   */
  RestartBudget(int most, LongSupplier nanos) {
    this.most = most;
    this.nanos = nanos;
  }

  /** Counts a restart; false if there were too many. */
  boolean take() {
    long now = nanos.getAsLong();
    while (!taken.isEmpty() && now - taken.peekFirst() >= WINDOW.toNanos()) {
      taken.removeFirst();
    }
    if (taken.size() >= most) {
      return false;
    }
    taken.addLast(now);
    return true;
  }
}
