package org.convoy.driver.training;

import java.util.function.LongSupplier;
import org.convoy.driver.monitor.StepTimes;

/**
 * Measures the time of an executor's training thread by phase. The thread is always in one phase;
 * the time of each phase is summed. Work in other threads, such as decoding and sending, is not
 * measured.
 */
final class StepClock {

  /** The phases of the thread. */
  enum Phase {
    /** Waits for the next batch of samples. */
    DATA,
    /** Forward, loss and backward, including the gradients' transfer to the exchange. */
    COMPUTE,
    /** Waits for other executors, or adds what they sent. */
    EXCHANGE,
    /** The optimizer, clipping, averages of weights and running statistics. */
    UPDATE,
    /** Saves the run's state. */
    CHECKPOINT,
    /** Everything else: validation, and work before the first step and after the last. */
    OTHER
  }

  /** The place of the time that was waited in {@link Phase#EXCHANGE}, behind the phases. */
  private static final int WAITED = Phase.values().length;

  private final long[] nanos = new long[WAITED + 1];
  private final LongSupplier waiting;
  private long waited;
  private Phase phase = Phase.OTHER;
  private long since = System.nanoTime();

  /**
   * @param waiting the nanoseconds that the thread has waited for other executors so far
   */
  StepClock(LongSupplier waiting) {
    this.waiting = waiting;
    this.waited = waiting.getAsLong();
  }

  /**
   * Enters a phase.
   *
   * @return the phase until now, so that the caller can return to it
   */
  Phase enter(Phase next) {
    long now = System.nanoTime();
    nanos[phase.ordinal()] += now - since;
    since = now;
    long waitedNow = waiting.getAsLong();
    if (phase == Phase.EXCHANGE) {
      nanos[WAITED] += waitedNow - waited;
    }
    waited = waitedNow;
    Phase before = phase;
    phase = next;
    return before;
  }

  /**
   * The nanoseconds so far in each phase, by its ordinal; behind them those of the exchange in
   * which the thread waited.
   */
  long[] spent() {
    enter(phase);
    return nanos.clone();
  }

  /** The mean time of a step since the beginning. */
  StepTimes perStep(long steps) {
    return perStep(new long[nanos.length], spent(), steps);
  }

  /** The mean time of a step between two readings of {@link #spent}. */
  static StepTimes perStep(long[] from, long[] to, long steps) {
    double[] millis = new double[to.length];
    for (int i = 0; i < millis.length; i++) {
      millis[i] = (to[i] - from[i]) * 1e-6 / Math.max(1, steps);
    }
    return new StepTimes(
        millis[Phase.DATA.ordinal()],
        millis[Phase.COMPUTE.ordinal()],
        millis[Phase.EXCHANGE.ordinal()],
        millis[Phase.UPDATE.ordinal()],
        millis[Phase.CHECKPOINT.ordinal()],
        millis[WAITED]);
  }
}
