package org.convoy.loss;

/**
 * The logistic function and its logarithm at {@code x} and at {@code -x} together, in forms that
 * neither overflow nor cancel. All use {@code tail = exp(-|x|)}, so only one exponential is
 * computed.
 */
final class Logistic {
  private Logistic() {}

  /** {@code exp(-|x|)}, in [0, 1]. */
  static double tail(double x) {
    return StrictMath.exp(-Math.abs(x));
  }

  /** {@code 1 / (1 + exp(-x))}; {@code 1 - sigmoid(x)} is {@code sigmoid(-x)}. */
  static double sigmoid(double x, double tail) {
    return (x < 0 ? tail : 1) / (1 + tail);
  }

  /**
   * {@code log(1 + exp(x))}, which is {@code -log(sigmoid(-x))}.
   *
   * @param logTail {@code log(1 + tail)}
   */
  static double softplus(double x, double logTail) {
    return Math.max(x, 0) + logTail;
  }
}
