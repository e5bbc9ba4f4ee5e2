package org.convoy.optim;

/**
 * How long a run is meant to be; schedules are built from it. A run that is stopped early keeps its
 * horizon.
 *
 * @param stepsPerEpoch global batches in an epoch, the remainder left out
 * @param epochs how many epochs
 */
public record Horizon(long stepsPerEpoch, long epochs) {
  /** Checks that both are at least 1. */
  public Horizon {
    if (stepsPerEpoch < 1 || epochs < 1) {
      throw new IllegalArgumentException(
          "horizon: expected at least 1 step an epoch and 1 epoch, got "
              + stepsPerEpoch
              + " and "
              + epochs);
    }
  }

  /** Steps in the whole run. */
  public long steps() {
    return Math.multiplyExact(stepsPerEpoch, epochs);
  }

  /** The step nearest to a point in epochs; 30.5 is the middle of the 31st epoch. */
  public long stepAt(double epoch) {
    return Math.round(epoch * stepsPerEpoch);
  }
}
