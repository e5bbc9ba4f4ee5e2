package org.convoy.optim;

import org.convoy.settings.Checks;

/**
 * One cycle (Smith and Topin 2018), as {@code torch.optim.lr_scheduler.OneCycleLR} has it with two
 * phases and cosines: half a cosine up from {@code rate / divide} to the full rate at the end of
 * the warm-up, then half a cosine down to {@code rate / divide / finalDivide} at the run's last
 * step. Torch's {@code pct_start} is the warm-up's part of the run.
 *
 * @param learningRate the full rate
 * @param warmUpEpochs length of the rise
 * @param divide what the full rate is divided by at the start
 * @param finalDivide what the rate of the start is divided by at the end
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

  /** The curve rises by itself. */
  @Override
  public LearningRate over(Horizon horizon) {
    return curve(horizon, Math.max(0, horizon.stepAt(warmUpEpochs) - 1));
  }

  private static double between(double from, double to, double part) {
    return to + (from - to) * 0.5 * (1 + StrictMath.cos(Math.PI * part));
  }
}
