package org.convoy.optim;

/**
 * The running means of a gradient and of its squares at one step, with bias correction (Kingma and
 * Ba 2015, algorithm 1).
 */
final class Moments {
  private final float scale;
  private final float keep1;
  private final float take1;
  private final float keep2;
  private final float take2;
  private final double correction1;
  private final float rootCorrection2;
  private final float epsilon;

  Moments(double beta1, double beta2, double epsilon, StepSettings step) {
    this.scale = (float) step.gradientScale();
    this.keep1 = (float) beta1;
    this.take1 = (float) (1 - beta1);
    this.keep2 = (float) beta2;
    this.take2 = (float) (1 - beta2);
    this.correction1 = 1 - StrictMath.pow(beta1, step.step() + 1);
    this.rootCorrection2 = (float) Math.sqrt(1 - StrictMath.pow(beta2, step.step() + 1));
    this.epsilon = (float) epsilon;
  }

  /** The divisor of the mean: {@code 1 - beta1^steps}. */
  double correction1() {
    return correction1;
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
