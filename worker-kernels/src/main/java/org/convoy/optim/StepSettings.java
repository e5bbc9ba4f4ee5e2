package org.convoy.optim;

/**
 * The inputs of one update besides the vectors.
 *
 * @param learningRate the rate of this step
 * @param step number of this step, from 0; optimizers with bias correction count from it
 * @param gradientScale first factor of every gradient element: one over the number of
 *     micro-batches, times the clip factor; multiplied in double and rounded to float once
 * @param trust factors of a {@link LayerWise} optimizer for the steps of tensors, computed over all
 *     executors before the update, because a slice may hold only a part of a tensor
 */
public record StepSettings(
    double learningRate, long step, double gradientScale, TrustRatios trust) {
  /** A step in which all trust ratios are 1. */
  public StepSettings(double learningRate, long step, double gradientScale) {
    this(learningRate, step, gradientScale, TrustRatios.NONE);
  }

  /** The same step with these ratios. */
  public StepSettings with(TrustRatios ratios) {
    return new StepSettings(learningRate, step, gradientScale, ratios);
  }

  /** The same step with the learning rate multiplied by a factor. */
  public StepSettings times(double factor) {
    return factor == 1 ? this : new StepSettings(learningRate * factor, step, gradientScale, trust);
  }

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
