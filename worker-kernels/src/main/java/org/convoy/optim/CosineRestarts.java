package org.convoy.optim;

import org.convoy.settings.Checks;

/**
 * Cosines with warm restarts (Loshchilov and Hutter 2017, SGDR, equation 5): after the warm-up the
 * rate falls along half a cosine from the full rate towards the floor, jumps back, and falls again,
 * each period longer than the one before by a factor. As {@code
 * torch.optim.lr_scheduler.CosineAnnealingWarmRestarts}, stepped with fractions of epochs: the
 * first step of a period has the full rate, and none has exactly the floor.
 *
 * @param learningRate the full rate
 * @param warmUpEpochs length of the warm-up; the first period begins with its last step
 * @param floor the rate towards which a period falls, at most the full rate
 * @param periodEpochs length of the first period
 * @param growth each period's length by that of the one before, at least 1
 */
public record CosineRestarts(
    double learningRate, double warmUpEpochs, double floor, double periodEpochs, double growth)
    implements Schedule {
  /** Checks the rules. */
  public CosineRestarts {
    Floor.check(learningRate, warmUpEpochs, floor)
        .positive("period-epochs", periodEpochs)
        .that(
            growth >= 1 && Double.isFinite(growth),
            "growth",
            "expected at least 1, got " + Checks.number(growth))
        .done();
  }

  @Override
  public LearningRate curve(Horizon horizon, long peak) {
    double first = Math.max(1, periodEpochs * horizon.stepsPerEpoch());
    return step -> {
      double at = Math.max(0, step - peak);
      double period = first;
      while (at >= period) {
        at -= period;
        period *= growth;
      }
      double cosine = StrictMath.cos(Math.PI * (at / period));
      return floor + (learningRate - floor) * 0.5 * (1 + cosine);
    };
  }

  @Override
  public boolean stretches() {
    return false;
  }
}
