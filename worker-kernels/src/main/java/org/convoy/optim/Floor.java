package org.convoy.optim;

import org.convoy.settings.Checks;

/** The rule of schedules that fall to a floor. */
final class Floor {
  private Floor() {}

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
