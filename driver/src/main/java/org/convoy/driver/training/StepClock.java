package org.convoy.driver.training;

import org.convoy.driver.monitor.StepTimes;

/**
 * Where an executor's training thread spends its time. It is always in one phase; what it spends in
 * each is summed. Work that runs beside it, such as decoding and sending, does not show.
 */
final class StepClock {

  /** What the thread does. */
  enum Phase {
    /** Waits for the next batch of samples. */
    DATA,
    /** Forward, loss and backward, with what backward hands to the exchange. */
    COMPUTE,
    /** Waits for other executors, or adds up what they sent. */
    EXCHANGE,
    /** The optimizer and what belongs to it: clipping, averages of weights, running statistics. */
    UPDATE,
    /** Saves the run's state. */
    CHECKPOINT,
    /** All else: validation, and what comes before the first step and after the last. */
    OTHER
  }

  private final long[] nanos = new long[Phase.values().length];
  private Phase phase = Phase.OTHER;
  private long since = System.nanoTime();

  /**
   * Goes over to a phase.
   *
   * @return the phase until now, to go back to
   */
  Phase enter(Phase next) {
    long now = System.nanoTime();
    nanos[phase.ordinal()] += now - since;
    since = now;
    Phase before = phase;
    phase = next;
    return before;
  }

  /** What has been spent so far in each phase, by its ordinal, in nanoseconds. */
  long[] spent() {
    enter(phase);
    return nanos.clone();
  }

  /** What a step took, between two readings of {@link #spent} so many steps apart. */
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
        millis[Phase.CHECKPOINT.ordinal()]);
  }
}
