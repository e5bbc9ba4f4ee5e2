package org.convoy.optim;

import org.convoy.settings.Checks;

/**
 * A rate that falls by a factor every so many epochs, as EfficientNet's (Tan and Le 2019: 0.97
 * every 2.4 epochs). The warm-up does not move the falls.
 *
 * @param learningRate the rate at the start
 * @param warmUpEpochs length of the warm-up
 * @param gamma the factor, in (0, 1]
 * @param everyEpochs epochs from one fall to the next, may be a fraction
 * @param smooth whether the rate falls at every step instead, by the same factor over this time
 */
public record Exponential(
    double learningRate, double warmUpEpochs, double gamma, double everyEpochs, boolean smooth)
    implements Schedule {
  /** Checks the rules. */
  public Exponential {
    new Checks()
        .positive("learning-rate", learningRate)
        .notNegative("warm-up-epochs", warmUpEpochs)
        .that(gamma > 0 && gamma <= 1, "gamma", "expected in (0, 1], got " + Checks.number(gamma))
        .positive("every-epochs", everyEpochs)
        .done();
  }

  @Override
  public LearningRate curve(Horizon horizon, long peak) {
    double every = everyEpochs * horizon.stepsPerEpoch();
    return step -> {
      double falls = smooth ? step / every : Math.floor(step / every);
      return learningRate * StrictMath.pow(gamma, falls);
    };
  }

  @Override
  public boolean stretches() {
    return false;
  }
}
