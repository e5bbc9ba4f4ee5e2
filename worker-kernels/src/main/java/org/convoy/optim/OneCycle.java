package org.convoy.optim;

import org.convoy.settings.Checks;

/**
 * One cycle (Smith and Topin 2018), as in {@code torch.optim.lr_scheduler.OneCycleLR} with two
 * phases and cosine annealing: half a cosine up from {@code rate / divide} to the full rate at the
 * end of the warm-up, then half a cosine down to {@code rate / divide / finalDivide} at the run's
 * last step. Torch's {@code pct_start} is the fraction of the run that the warm-up takes.
 *
 * @param learningRate the full rate
 * @param warmUpEpochs length of the rise
 * @param divide divisor of the full rate at the start
 * @param finalDivide divisor of the initial rate at the end
 */
public record OneCycle(double learningRate, double warmUpEpochs, double divide, double finalDivide)
    implements Schedule {
  /** Checks the rules. */
  public OneCycle {
    new Checks()
        .positive("learning-rate", learningRate)
        .notNegative("warm-up-epochs", warmUpEpochs)
        .that(
            divide >= 1 && Double.isFinite(divide),
            "divide",
            "expected at least 1, got " + Checks.number(divide))
        .that(
            finalDivide >= 1 && Double.isFinite(finalDivide),
            "final-divide",
            "expected at least 1, got " + Checks.number(finalDivide))
        .done();
  }

  @Override
  public LearningRate curve(Horizon horizon, long peak) {
    double start = learningRate / divide;
    long last = Math.max(peak, horizon.steps() - 1);
    return step -> {
      if (step >= last && last > peak) {
        return start / finalDivide;
      }
      return step <= peak
          ? between(start, learningRate, peak == 0 ? 1 : (double) step / peak)
          : between(learningRate, start / finalDivide, (double) (step - peak) / (last - peak));
    };
  }

  /** The curve includes the warm-up, so none is added. */
  @Override
  public LearningRate over(Horizon horizon) {
    return curve(horizon, Math.max(0, horizon.stepAt(warmUpEpochs) - 1));
  }

  private static double between(double from, double to, double part) {
    return to + (from - to) * 0.5 * (1 + StrictMath.cos(Math.PI * part));
  }
}
