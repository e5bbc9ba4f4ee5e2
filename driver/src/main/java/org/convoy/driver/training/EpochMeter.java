package org.convoy.driver.training;

/**
 * Loss and time of the epoch under way; goes into checkpoints, so that an epoch that was
 * interrupted is told whole.
 */
final class EpochMeter {
  private double lossSum;
  private long steps;
  private long nanos;
  private long startedAt;
  private long lastStepAt;
  private double lastStepNanos = 1;

  /** The clock runs. */
  void start() {
    startedAt = System.nanoTime();
    lastStepAt = startedAt;
  }

  /** The clock stands, for what is not part of training. */
  void pause() {
    nanos += System.nanoTime() - startedAt;
  }

  /** A step is done. */
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

  /** Images a second of the last step. */
  double lastRate(int globalBatch) {
    return globalBatch / (lastStepNanos * 1e-9);
  }

  void reset() {
    lossSum = 0;
    steps = 0;
    nanos = 0;
  }

  /** What a checkpoint keeps: sum of losses, steps, nanoseconds. */
  double[] toDoubles() {
    return new double[] {lossSum, steps, nanos};
  }

  /** Takes over what {@link #toDoubles} gave. */
  void restore(double[] values) {
    lossSum = values[0];
    steps = Math.round(values[1]);
    nanos = Math.round(values[2]);
  }
}
