package org.convoy.optim;

/**
 * The running means of a gradient and of its squares at one step, with bias correction (Kingma and
 * Ba 2015, algorithm 1).
 */
final class Moments {
  /** How many of an optimizer's factors, the first ones, are those of the means. */
  static final int FACTORS = 7;

  private final float scale;
  private final float keep1;
  private final float take1;
  private final float keep2;
  private final float take2;
  private final float rootCorrection2;
  private final float epsilon;

  /**
   * @param factors what {@link #factors} gave
   */
  Moments(float[] factors) {
    this.scale = factors[0];
    this.keep1 = factors[1];
    this.take1 = factors[2];
    this.keep2 = factors[3];
    this.take2 = factors[4];
    this.rootCorrection2 = factors[5];
    this.epsilon = factors[6];
  }

  /**
   * The factors of an optimizer with these means.
   *
   * @param more the optimizer's own
   */
  static float[] factors(
      double beta1, double beta2, double epsilon, StepSettings step, double... more) {
    float[] factors = new float[FACTORS + more.length];
    factors[0] = (float) step.gradientScale();
    factors[1] = (float) beta1;
    factors[2] = (float) (1 - beta1);
    factors[3] = (float) beta2;
    factors[4] = (float) (1 - beta2);
    factors[5] = (float) Math.sqrt(correction(beta2, step));
    factors[6] = (float) epsilon;
    for (int i = 0; i < more.length; i++) {
      factors[FACTORS + i] = (float) more[i];
    }
    return factors;
  }

  /** The divisor of a mean: {@code 1 - beta^steps}. */
  static double correction(double beta, StepSettings step) {
    return 1 - StrictMath.pow(beta, step.step() + 1);
  }

  /** Adds unscaled gradients to both means. */
  void take(float[] g, float[] mean, float[] square, int from, int to) {
    for (int i = from; i < to; i++) {
      float d = scale * g[i];
      mean[i] = keep1 * mean[i] + take1 * d;
      square[i] = keep2 * square[i] + take2 * (d * d);
    }
  }

  /** The corrected root of a mean of squares, with epsilon. */
  float root(float square) {
    return (float) Math.sqrt(square) / rootCorrection2 + epsilon;
  }
}
