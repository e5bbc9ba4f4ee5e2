package org.convoy.optim;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The slow weights of a run with {@link Lookahead}.
 *
 * @param rule how they move
 * @param steps of the run
 */
record SlowWeights(Lookahead rule, long steps) implements Companion {

  /** The part of the way that they go. */
  @Override
  public float[] factors(long step) {
    float part = rule.part(step, steps);
    return part == 0 ? new float[0] : new float[] {part};
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
