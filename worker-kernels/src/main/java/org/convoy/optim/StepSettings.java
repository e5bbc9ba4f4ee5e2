package org.convoy.optim;

/**
 * What one update needs to know beside the vectors. An optimizer that needs norms of whole layers
 * (LARS, LAMB) will find them here, computed over all executors before the update, because a slice
 * need not hold a whole layer.
 *
 * @param learningRate the rate of this step
 * @param step number of this step, from 0; optimizers with bias correction count from it
 * @param gradientScale what every gradient element is multiplied by before anything else: one over
 *     the number of micro-batches times the clip factor, multiplied in double and rounded to float
 *     once
 */
public record StepSettings(double learningRate, long step, double gradientScale) {
  /** Checks that the rate is finite and not negative, and the step not negative. */
  public StepSettings {
    if (!(learningRate >= 0 && learningRate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "learning rate: expected finite and >= 0, got " + learningRate);
    }
    if (step < 0) {
      throw new IllegalArgumentException("step: expected >= 0, got " + step);
    }
  }
}
