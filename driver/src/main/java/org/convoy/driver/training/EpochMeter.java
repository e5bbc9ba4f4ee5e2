package org.convoy.driver.training;

/**
 * Measures the loss and the time of the current epoch. Checkpoints hold it, so the record of an
 * interrupted epoch is complete.
 */
final class EpochMeter {
  private double lossSum;
  private long steps;
  private long nanos;
  private long startedAt;
  private long lastStepAt;
  private double lastStepNanos = 1;

  /** Starts the clock. */
  void start() {
    startedAt = System.nanoTime();
    lastStepAt = startedAt;
  }

  /** Stops the clock, for work that is not training. */
  void pause() {
    nanos += System.nanoTime() - startedAt;
  }

  /** Counts a step. */
  void add(double loss) {
    lossSum += loss;
    steps++;
    long now = System.nanoTime();
    lastStepNanos = Math.max(1, now - lastStepAt);
    lastStepAt = now;
  }

  double meanLoss() {
    return steps == 0 ? Double.NaN : lossSum / steps;
  }

  long images(int globalBatch) {
    return steps * globalBatch;
  }

  double seconds() {
    return nanos * 1e-9;
  }

  /** Images per second of the last step. */
  double lastRate(int globalBatch) {
    return globalBatch / (lastStepNanos * 1e-9);
  }

  void reset() {
    lossSum = 0;
    steps = 0;
    nanos = 0;
  }

  /** The state for a checkpoint: sum of losses, steps, nanoseconds. */
  double[] toDoubles() {
    return new double[] {lossSum, steps, nanos};
  }

  /** Restores the state that {@link #toDoubles} returned. */
  void restore(double[] values) {
    lossSum = values[0];
    steps = Math.round(values[1]);
    nanos = Math.round(values[2]);
  }
}
