package org.convoy.optim;

import java.io.Serializable;
import org.convoy.settings.Checks;

/**
 * Lookahead (Zhang et al. 2019, "Lookahead optimizer: k steps forward, 1 step back", algorithm 1):
 * slow weights, which every k steps of the optimizer move towards its parameters, and then replace
 * them:
 *
 * <pre>
 *   slow = slow + rate * (parameter - slow),   parameter = slow
 * </pre>
 *
 * <p>With a power p, the rate falls over the run: of the slow weights the part {@code (1 - rate) (t
 * / T)^p} stays after step t of T (Jordan 2024, arXiv 2404.00498, section 3.4, with p = 3). With p
 * = 0 it is the same in all steps.
 *
 * <p>The optimizer's own state stays as it is. Each sum and product is rounded to float32.
 *
 * @param everySteps k; 0: there are no slow weights
 * @param rate the paper's alpha, above 0 and at most 1
 * @param power p
 */
public record Lookahead(int everySteps, double rate, double power) implements Serializable {
  /** Checks the ranges. */
  public Lookahead {
    new Checks()
        .atLeast("every-steps", everySteps, 0)
        .that(rate > 0 && rate <= 1, "rate", "expected above 0 and at most 1, got " + rate)
        .notNegative("power", power)
        .done();
  }

  /** Whether there are slow weights. */
  public boolean on() {
    return everySteps > 0;
  }

  /**
   * The slow weights of a run.
   *
   * @param steps of the run, T
   */
  public Companion over(long steps) {
    return new SlowWeights(this, steps);
  }

  /**
   * The part of the way that slow weights go in a step; 0: they do not move.
   *
   * @param steps of the run, T
   */
  float part(long step, long steps) {
    if ((step + 1) % everySteps != 0) {
      return 0;
    }
    double done = (step + 1.0) / steps;
    return (float) (power == 0 ? rate : 1 - (1 - rate) * StrictMath.pow(done, power));
  }
}
