package org.convoy.optim;

import java.util.Arrays;
import java.util.List;
import org.convoy.settings.Checks;

/**
 * Adan (Xie et al. 2022, "Adan: adaptive Nesterov momentum algorithm", algorithm 1), as the
 * authors' code and {@code timm.optim.Adan} have it; t counts steps from 1:
 *
 * <pre>
 *   g = gradientScale * gradient,   d = g - the g of the step before    (0 in the first step)
 *   mean = beta1 * mean + (1 - beta1) * g
 *   difference = beta2 * difference + (1 - beta2) * d
 *   square = beta3 * square + (1 - beta3) * (g + beta2 * d)^2
 *   parameter = (parameter
 *       - learningRate * (mean / (1 - beta1^t) + beta2 * difference / (1 - beta2^t))
 *         / (sqrt(square) / sqrt(1 - beta3^t) + epsilon))
 *       / (1 + learningRate * weightDecay)                             (where the mask says so)
 * </pre>
 *
 * The betas are the code's: one minus the paper's. Each product, sum and quotient is rounded to
 * float32 on its own; what depends only on the step is computed in double and rounded once.
 *
 * @param beta1 decay of the running mean of gradients
 * @param beta2 decay of the running mean of their differences
 * @param beta3 decay of the running mean of squares
 * @param epsilon keeps the quotient finite
 * @param weightDecay coefficient: each step shrinks the parameters by about this times the learning
 *     rate
 * @param decayNormsAndBiases whether scales and shifts of norms and biases decay too
 */
public record Adan(
    double beta1,
    double beta2,
    double beta3,
    double epsilon,
    double weightDecay,
    boolean decayNormsAndBiases)
    implements Optimizer {
  /** Checks the ranges. */
  public Adan {
    new Checks()
        .fraction("beta1", beta1)
        .fraction("beta2", beta2)
        .fraction("beta3", beta3)
        .positive("epsilon", epsilon)
        .notNegative("weight-decay", weightDecay)
        .done();
  }

  @Override
  public List<String> stateNames() {
    return List.of("mean", "difference", "square", "previous");
  }

  /**
   * Scale, both rates, the third root, by what decay divides, epsilon, three betas, one minus each,
   * and 1 in the first step.
   */
  @Override
  public float[] factors(StepSettings step) {
    long t = step.step() + 1;
    return new float[] {
      (float) step.gradientScale(),
      (float) (step.learningRate() / (1 - StrictMath.pow(beta1, t))),
      (float) (step.learningRate() * beta2 / (1 - StrictMath.pow(beta2, t))),
      (float) Math.sqrt(1 - StrictMath.pow(beta3, t)),
      (float) (1 + step.learningRate() * weightDecay),
      (float) epsilon,
      (float) beta1,
      (float) beta2,
      (float) beta3,
      (float) (1 - beta1),
      (float) (1 - beta2),
      (float) (1 - beta3),
      step.step() == 0 ? 1 : 0
    };
  }

  @Override
  public void update(Slice slice, StepSettings step) {
    float[] f = factors(step);
    float scale = f[0];
    float rate = f[1];
    float rate2 = f[2];
    float root3 = f[3];
    float shrink = f[4];
    float tiny = f[5];
    float[] keep = Arrays.copyOfRange(f, 6, 9);
    float[] take = Arrays.copyOfRange(f, 9, 12);
    float ahead = keep[1];
    boolean first = step.step() == 0;
    slice.update(
        4,
        (p, gradient, s, from, to, tensor) -> {
          float divisor = tensor >= 0 ? shrink : 1;
          for (int i = from; i < to; i++) {
            float g = scale * gradient[i];
            float d = first ? 0 : g - s[3][i];
            float n = g + ahead * d;
            s[0][i] = keep[0] * s[0][i] + take[0] * g;
            s[1][i] = keep[1] * s[1][i] + take[1] * d;
            s[2][i] = keep[2] * s[2][i] + take[2] * (n * n);
            s[3][i] = g;
            float root = (float) Math.sqrt(s[2][i]) / root3 + tiny;
            p[i] = (p[i] - rate * s[0][i] / root - rate2 * s[1][i] / root) / divisor;
          }
        });
  }
}
