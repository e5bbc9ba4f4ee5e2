package org.convoy.optim;

import java.util.List;
import org.convoy.settings.Checks;

/**
 * LAMB (You et al. 2020, "Large batch optimization for deep learning", algorithm 2), as in {@code
 * timm.optim.Lamb} without the clipping there; t counts steps from 1:
 *
 * <pre>
 *   g = gradientScale * gradient
 *   mean = beta1 * mean + (1 - beta1) * g
 *   square = beta2 * square + (1 - beta2) * g^2
 *   u = mean / (1 - beta1^t) / (sqrt(square) / sqrt(1 - beta2^t) + epsilon)
 *       + weightDecay * parameter                                  (where the mask says so)
 *   trust = |parameter| / |u|                                      (of each tensor that decays)
 *   parameter = parameter - learningRate * trust * u
 * </pre>
 *
 * Trust is 1 for tensors that do not decay, and for a tensor where |parameter| or |u| is 0. Each
 * product, sum and quotient is rounded to float32 on its own; norms are in double.
 *
 * @param beta1 decay of the running mean of gradients
 * @param beta2 decay of the running mean of squared gradients
 * @param epsilon keeps the quotient finite
 * @param weightDecay coefficient of the parameters in the direction
 * @param decayNormsAndBiases whether scales and shifts of norms and biases decay and are scaled too
 */
public record Lamb(
    double beta1, double beta2, double epsilon, double weightDecay, boolean decayNormsAndBiases)
    implements LayerWise {
  /** Checks the ranges. */
  public Lamb {
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

  /** Those of {@link Moments}, the rate, the mean's correction, and the decay. */
  @Override
  public float[] factors(StepSettings step) {
    return Moments.factors(
        beta1,
        beta2,
        epsilon,
        step,
        step.learningRate(),
        Moments.correction(beta1, step),
        weightDecay);
  }

  @Override
  public void measure(Slice slice, StepSettings step, TensorSums sums) {
    float[] f = factors(step);
    Moments moments = new Moments(f);
    slice.update(
        2,
        (p, g, s, from, to, tensor) -> {
          moments.take(g, s[0], s[1], from, to);
          if (tensor >= 0) {
            direction(f, moments, p, s, g, from, to, tensor);
            sums.add(tensor, p, g, from, to);
          }
        });
  }

  @Override
  public double trust(double parameters, double direction) {
    return parameters / direction;
  }

  @Override
  public void update(Slice slice, StepSettings step) {
    float[] f = factors(step);
    Moments moments = new Moments(f);
    float rate = f[Moments.FACTORS];
    slice.update(
        2,
        (p, g, s, from, to, tensor) -> {
          direction(f, moments, p, s, g, from, to, tensor);
          float trust = step.trust().of(tensor);
          for (int i = from; i < to; i++) {
            p[i] = p[i] - rate * (trust * g[i]);
          }
        });
  }

  /** Writes the direction to {@code u}. The means already include the gradient of this step. */
  private static void direction(
      float[] f, Moments moments, float[] p, float[][] s, float[] u, int from, int to, int tensor) {
    float correction = f[Moments.FACTORS + 1];
    float pull = tensor >= 0 ? f[Moments.FACTORS + 2] : 0;
    for (int i = from; i < to; i++) {
      u[i] = s[0][i] / correction / moments.root(s[1][i]) + pull * p[i];
    }
  }
}
