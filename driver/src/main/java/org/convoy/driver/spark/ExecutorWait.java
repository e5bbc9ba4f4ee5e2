package org.convoy.driver.spark;

import java.util.Locale;
import java.util.function.Consumer;
import org.convoy.driver.config.ExecutorSettings;

/** Waits for executors, and says so while it waits. */
public final class ExecutorWait {
  private static final long SAY_NANOS = 10_000_000_000L;
  private static final long POLL_MILLIS = 100;

  private final SparkCluster cluster;
  private final ExecutorSettings settings;
  private final Consumer<String> say;

  /**
   * For work that any number of executors does: those that come within two minutes, at least one.
   */
  public static ExecutorWait forAny(SparkCluster cluster, Consumer<String> say) {
    return new ExecutorWait(
        cluster, new ExecutorSettings(1, 120, ExecutorSettings.Balance.EQUAL, 0), say);
  }

  /**
   * @param say receives a line at the beginning of a wait and every 10 s
   */
  public ExecutorWait(SparkCluster cluster, ExecutorSettings settings, Consumer<String> say) {
    this.cluster = cluster;
    this.settings = settings;
    this.say = say;
  }

  /**
   * Waits until all executors that the run asked for are alive, or the time is over.
   *
   * @return the number that is alive then, at most the number wanted
   * @throws TooFewExecutorsException if fewer are alive than the run needs at least
   */
  public int forAll(int wanted) throws InterruptedException, TooFewExecutorsException {
    return until(wanted, wanted);
  }

  /**
   * Waits only until there are as many executors as the run needs at least.
   *
   * @return as {@link #forAll}
   */
  public int forMinimum(int wanted) throws InterruptedException, TooFewExecutorsException {
    return until(Math.min(settings.minimum(), wanted), wanted);
  }

  private int until(int enough, int wanted) throws InterruptedException, TooFewExecutorsException {
    long start = System.nanoTime();
    long end = start + settings.waitSeconds() * 1_000_000_000L;
    long next = start + SAY_NANOS / 10;
    int alive = cluster.alive();
    for (long now = start; alive < enough && now < end; now = System.nanoTime()) {
      if (now >= next) {
        say.accept(waiting(alive, wanted, (end - now) / 1_000_000_000));
        next = now + SAY_NANOS;
      }
      Thread.sleep(POLL_MILLIS);
      alive = cluster.alive();
    }
    int needed = Math.min(settings.minimum(), wanted);
    if (alive < needed) {
      throw new TooFewExecutorsException(
          String.format(
              Locale.ROOT,
              "%d of %d executors came within %d s, expected at least %d (executors.minimum)%s",
              alive,
              wanted,
              settings.waitSeconds(),
              needed,
              cluster.queue().map(queue -> ": " + queue).orElse("")));
    }
    return Math.min(wanted, alive);
  }

  private String waiting(int alive, int wanted, long seconds) {
    return String.format(
        Locale.ROOT,
        "waiting for executors: %d of %d are there, %d s left%s",
        alive,
        wanted,
        seconds,
        cluster.queue().map(queue -> "; " + queue).orElse(""));
  }
}
