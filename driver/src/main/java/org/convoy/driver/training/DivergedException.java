package org.convoy.driver.training;

import java.util.Locale;

/** The loss is not a number any more: going on would only spoil the checkpoints. */
final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DivergedException(long step, double loss, double learningRate) {
    super(
        String.format(
                Locale.ROOT,
                "the loss is %s at step %d, with learning rate %.4g; a lower schedule.learning-rate, a longer",
                loss,
                step,
                learningRate)
            + " schedule.warm-up-epochs or a gradient-clip-norm may help");
  }
}
