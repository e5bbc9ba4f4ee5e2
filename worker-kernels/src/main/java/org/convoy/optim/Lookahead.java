package org.convoy.optim;

import java.io.Serializable;
import org.convoy.settings.Checks;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Lookahead (Zhang et al. 2019, "Lookahead optimizer: k steps forward, 1 step back", algorithm 1):
 * slow weights, which every k steps of the optimizer move towards its parameters, and then replace
 * them:
 *
 * <pre>
 *   slow = slow + rate * (parameter - slow),   parameter = slow
 * </pre>
 *
 * The optimizer's own state stays as it is. Each sum and product is rounded to float32.
 *
 * @param everySteps k; 0: there are no slow weights
 * @param rate the paper's alpha, above 0 and at most 1
 */
public record Lookahead(int everySteps, double rate) implements Companion, Serializable {
  /** Checks the ranges. */
  public Lookahead {
    new Checks()
        .atLeast("every-steps", everySteps, 0)
        .that(rate > 0 && rate <= 1, "rate", "expected above 0 and at most 1, got " + rate)
        .done();
  }

  /** Whether there are slow weights. */
  public boolean on() {
    return everySteps > 0;
  }

  /** The rate. */
  @Override
  public float[] factors(long step) {
    return (step + 1) % everySteps == 0 ? new float[] {(float) rate} : new float[0];
  }

  @Override
  public void follow(INDArray companion, INDArray parameters, long step) {
    float[] factors = factors(step);
    if (factors.length == 0) {
      return;
    }
    float part = factors[0];
    Staged.each(
        "slow weights",
        companion,
        parameters,
        true,
        (slow, fast, count) -> {
          for (int i = 0; i < count; i++) {
            slow[i] = slow[i] + part * (fast[i] - slow[i]);
            fast[i] = slow[i];
          }
        });
  }
}
