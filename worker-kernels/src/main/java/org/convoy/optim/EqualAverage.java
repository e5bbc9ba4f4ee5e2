package org.convoy.optim;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The plain mean of the weights after some steps (Izmailov et al. 2018, "Averaging weights leads to
 * wider optima and better generalization", algorithm 1), as in {@code
 * torch.optim.swa_utils.AveragedModel}: {@code average = average + (parameter - average) / (n +
 * 1)}, with n weights averaged before. Each difference, quotient and sum is rounded to float32.
 *
 * @param firstSteps the number of steps after which the first weights are taken, at least 1
 * @param everySteps the number of steps from one to the next, at least 1
 */
public record EqualAverage(long firstSteps, long everySteps) implements Companion {
  /** Checks the ranges. */
  public EqualAverage {
    if (firstSteps < 1 || everySteps < 1) {
      throw new IllegalArgumentException(
          "expected a first step and steps between of at least 1, got "
              + firstSteps
              + " and "
              + everySteps);
    }
  }

  /**
   * The number of weights that are averaged.
   *
   * @param steps done so far
   */
  public long count(long steps) {
    return steps < firstSteps ? 0 : (steps - firstSteps) / everySteps + 1;
  }

  /** How many weights are averaged then. */
  @Override
  public float[] factors(long step) {
    long count = count(step + 1);
    return count == count(step) ? new float[0] : new float[] {count};
  }

  @Override
  public void follow(INDArray companion, INDArray parameters, long step) {
    float[] factors = factors(step);
    if (factors.length == 0) {
      return;
    }
    float total = factors[0];
    Staged.each(
        "average",
        companion,
        parameters,
        false,
        (average, parameter, length) -> {
          for (int i = 0; i < length; i++) {
            average[i] = average[i] + (parameter[i] - average[i]) / total;
          }
        });
  }
}
