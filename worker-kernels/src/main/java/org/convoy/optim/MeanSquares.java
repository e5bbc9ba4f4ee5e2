package org.convoy.optim;

import java.util.List;
import org.convoy.settings.Checks;

/**
 * What {@link Rmsprop} and {@link RmspropTf} have in common: their settings, state and factors, the
 * running mean of squared gradients, and the momentum behind it.
 */
final class MeanSquares {
  private MeanSquares() {}

  /** Divides gradients by the root of their mean squares. */
  @FunctionalInterface
  interface Quotient {
    /**
     * Replaces the gradients of a block.
     *
     * @param squares the mean squares, this step's included
     */
    void divide(float[] gradients, float[] squares, int from, int to);
  }

  static Checks check(double alpha, double epsilon, double momentum, double weightDecay) {
    return new Checks()
        .fraction("alpha", alpha)
        .positive("epsilon", epsilon)
        .fraction("momentum", momentum)
        .notNegative("weight-decay", weightDecay);
  }

  static List<String> stateNames(double momentum) {
    return momentum == 0 ? List.of("square") : List.of("square", "momentum");
  }

  /**
   * Scale, rate, alpha, one minus it, what is added, momentum, decay.
   *
   * @param added to the root, or under it
   */
  static float[] factors(
      StepSettings step, double alpha, double added, double momentum, double weightDecay) {
    return new float[] {
      (float) step.gradientScale(),
      (float) step.learningRate(),
      (float) alpha,
      (float) (1 - alpha),
      (float) added,
      (float) momentum,
      (float) weightDecay
    };
  }

  /**
   * Updates a slice.
   *
   * @param states of the optimizer
   * @param f the factors
   * @param rate of the step behind the momentum
   */
  static void update(Slice slice, int states, float[] f, float rate, Quotient quotient) {
    float scale = f[0];
    float keep = f[2];
    float take = f[3];
    float mu = f[5];
    float decay = f[6];
    slice.update(
        states,
        (p, g, s, from, to, tensor) -> {
          float pull = tensor >= 0 ? decay : 0;
          float[] square = s[0];
          for (int i = from; i < to; i++) {
            g[i] = pull == 0 ? scale * g[i] : scale * g[i] + pull * p[i];
            square[i] = keep * square[i] + take * (g[i] * g[i]);
          }
          quotient.divide(g, square, from, to);
          for (int i = from; i < to; i++) {
            if (mu > 0) {
              s[1][i] = mu * s[1][i] + g[i];
            }
            p[i] = p[i] - rate * (mu > 0 ? s[1][i] : g[i]);
          }
        });
  }
}
