package org.convoy.optim;

import org.convoy.settings.Checks;

/** What schedules that fall to a floor have in common. */
final class Floor {
  private Floor() {}

  /** The part of the way down to the floor that is left, from 1 to 0. */
  @FunctionalInterface
  interface Left {
    /**
     * The part after some steps of the descent.
     *
     * @param done more than 0 and less than {@code all}
     */
    double after(long done, long all);
  }

  /**
   * Falls from the full rate at the peak to the floor, which the last step of the run has.
   *
   * @param peak the last step with the full rate
   */
  static LearningRate descent(
      Horizon horizon, long peak, double learningRate, double floor, Left left) {
    long last = Math.max(peak, horizon.steps() - 1);
    return step -> {
      if (step <= peak) {
        return learningRate;
      }
      if (step >= last) {
        return floor;
      }
      return floor + (learningRate - floor) * left.after(step - peak, last - peak);
    };
  }

  /** Checks the full rate, the warm-up and the floor, which is at most the full rate. */
  static Checks check(double learningRate, double warmUpEpochs, double floor) {
    return new Checks()
        .positive("learning-rate", learningRate)
        .notNegative("warm-up-epochs", warmUpEpochs)
        .notNegative("floor", floor)
        .that(
            floor <= learningRate,
            "floor",
            "expected at most the learning rate, "
                + Checks.number(learningRate)
                + ", got "
                + Checks.number(floor),
            "learning-rate");
  }
}
