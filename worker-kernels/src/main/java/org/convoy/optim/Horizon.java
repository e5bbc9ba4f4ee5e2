package org.convoy.optim;

/**
 * The planned length of a run. Schedules are built from it. A run that stops early keeps its
 * horizon.
 *
 * @param stepsPerEpoch full global batches per epoch; the remainder is dropped
 * @param epochs number of epochs
 */
public record Horizon(long stepsPerEpoch, long epochs) {
  /** Checks that both are at least 1. */
  public Horizon {
    if (stepsPerEpoch < 1 || epochs < 1) {
      throw new IllegalArgumentException(
          "horizon: expected at least 1 step per epoch and 1 epoch, got "
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
