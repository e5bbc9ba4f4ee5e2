package org.convoy.optim;

import java.util.List;
import org.convoy.settings.Checks;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), as {@code
 * torch.optim.AdamW} has it; t counts steps from 1:
 *
 * <pre>
 *   g = gradientScale * gradient
 *   parameter = parameter * (1 - learningRate * weightDecay)        (where the mask says so)
 *   mean = beta1 * mean + (1 - beta1) * g
 *   square = beta2 * square + (1 - beta2) * g^2
 *   parameter = parameter
 *       - learningRate / (1 - beta1^t) * mean / (sqrt(square) / sqrt(1 - beta2^t) + epsilon)
 * </pre>
 *
 * Each product, sum and quotient is rounded to float32 on its own; what depends only on the step is
 * computed in double and rounded once.
 *
 * @param beta1 decay of the running mean of gradients
 * @param beta2 decay of the running mean of squared gradients
 * @param epsilon keeps the quotient finite
 * @param weightDecay coefficient: each step shrinks the parameters by this times the learning rate
 * @param decayNormsAndBiases whether scales and shifts of norms and biases decay too
 */
public record Adamw(
    double beta1, double beta2, double epsilon, double weightDecay, boolean decayNormsAndBiases)
    implements Optimizer {
  /** Checks the ranges. */
  public Adamw {
    new Checks()
        .fraction("beta1", beta1)
        .fraction("beta2", beta2)
        .positive("epsilon", epsilon)
        .notNegative("weight-decay", weightDecay)
        .done();
  }

  @Override
  public List<String> stateNames() {
    return List.of("mean", "square");
  }

  /** Those of {@link Moments}, the corrected rate, and by what decay shrinks. */
  @Override
  public float[] factors(StepSettings step) {
    return Moments.factors(
        beta1,
        beta2,
        epsilon,
        step,
        step.learningRate() / Moments.correction(beta1, step),
        1 - step.learningRate() * weightDecay);
  }

  @Override
  public void update(Slice slice, StepSettings step) {
    float[] f = factors(step);
    Moments moments = new Moments(f);
    float rate = f[Moments.FACTORS];
    float shrink = f[Moments.FACTORS + 1];
    slice.update(
        2,
        (p, g, s, from, to, tensor) -> {
          moments.take(g, s[0], s[1], from, to);
          if (tensor >= 0) {
            for (int i = from; i < to; i++) {
              p[i] = p[i] * shrink;
            }
          }
          for (int i = from; i < to; i++) {
            p[i] = p[i] - rate * (s[0][i] / moments.root(s[1][i]));
          }
        });
  }
}
