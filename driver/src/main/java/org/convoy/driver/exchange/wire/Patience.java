package org.convoy.driver.exchange.wire;

import java.util.function.LongSupplier;

/**
 * How long one wait for a peer may still last: until nothing has come from the peer, and nothing
 * has gone to it, for the whole of the timeout.
 *
 * <p>After half of the timeout this executor says that it waits, once. So whoever waits for this
 * executor has patience with it for longer than this executor has with the one that holds up all.
 * Otherwise an executor that waits itself could be taken for the lost one.
 */
final class Patience implements LongSupplier {

  private final long timeout;
  private final LongSupplier lastProgress;
  private final Runnable sayWaiting;
  private final long started = System.nanoTime();
  private boolean said;

  /**
   * @param timeout in nanoseconds
   * @param lastProgress when bytes last moved between this executor and the peer, by {@link
   *     System#nanoTime}
   * @param sayWaiting tells the other executors that this one waits
   */
  Patience(long timeout, LongSupplier lastProgress, Runnable sayWaiting) {
    this.timeout = timeout;
    this.lastProgress = lastProgress;
    this.sayWaiting = sayWaiting;
  }

  /** Nanoseconds after which it is to be asked again; 0 or less: there is no patience left. */
  @Override
  public long getAsLong() {
    long silent = System.nanoTime() - Math.max(started, lastProgress.getAsLong());
    if (silent < timeout / 2) {
      return timeout / 2 - silent;
    }
    if (!said) {
      said = true;
      sayWaiting.run();
    }
    return timeout - silent;
  }
}
