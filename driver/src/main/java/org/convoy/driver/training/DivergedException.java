package org.convoy.driver.training;

import java.util.Locale;
import org.convoy.artifact.NotFiniteException;

/** Loss or weights are no longer finite. Further training would only damage the checkpoints. */
final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final String ADVICE =
      "; a lower schedule.learning-rate, a longer schedule.warm-up-epochs or a gradient-clip-norm may help";

  DivergedException(long step, double loss, double learningRate) {
    super(
        String.format(
                Locale.ROOT,
                "the loss is %s at step %d, with learning rate %.4g",
                loss,
                step,
                learningRate)
            + ADVICE);
  }

  DivergedException(long step, NotFiniteException cause) {
    super(
        String.format(
                Locale.ROOT, "the training diverged: after step %d, %s", step, cause.getMessage())
            + ADVICE,
        cause);
  }
}
