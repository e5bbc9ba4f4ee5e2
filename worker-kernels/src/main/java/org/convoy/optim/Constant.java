package org.convoy.optim;

import org.convoy.settings.Checks;

/**
 * A constant rate.
 *
 * @param learningRate the rate after the warm-up
 * @param warmUpEpochs length of the warm-up
 */
public record Constant(double learningRate, double warmUpEpochs) implements Schedule {
  /** Checks the rules. */
  public Constant {
    new Checks()
        .positive("learning-rate", learningRate)
        .notNegative("warm-up-epochs", warmUpEpochs)
        .done();
  }

  @Override
  public LearningRate curve(Horizon horizon, long peak) {
    return step -> learningRate;
  }

  @Override
  public boolean stretches() {
    return false;
  }
}
