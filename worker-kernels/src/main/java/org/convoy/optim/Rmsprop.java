package org.convoy.optim;

import java.util.List;
import org.convoy.settings.Checks;

/**
 * RMSProp (Hinton 2012, lecture 6e), as in {@code torch.optim.RMSprop}, not centred:
 *
 * <pre>
 *   g = gradientScale * gradient + weightDecay * parameter     (the second term where the mask says so)
 *   square = alpha * square + (1 - alpha) * g^2
 *   buffer = momentum * buffer + g / (sqrt(square) + epsilon)
 *   parameter = parameter - learningRate * buffer
 * </pre>
 *
 * Each product, sum and quotient is rounded to float32 on its own.
 *
 * @param alpha decay of the running mean of squared gradients
 * @param epsilon keeps the quotient finite
 * @param momentum in [0, 1); at 0 there is no buffer
 * @param weightDecay coefficient of the L2 term, not negative
 * @param decayNormsAndBiases whether scales and shifts of norms and biases decay too
 */
public record Rmsprop(
    double alpha, double epsilon, double momentum, double weightDecay, boolean decayNormsAndBiases)
    implements Optimizer {
  /** Checks the ranges. */
  public Rmsprop {
    new Checks()
        .fraction("alpha", alpha)
        .positive("epsilon", epsilon)
        .fraction("momentum", momentum)
        .notNegative("weight-decay", weightDecay)
        .done();
  }

  @Override
  public List<String> stateNames() {
    return momentum == 0 ? List.of("square") : List.of("square", "momentum");
  }

  /** Scale, rate, alpha, one minus it, epsilon, momentum, decay. */
  @Override
  public float[] factors(StepSettings step) {
    return new float[] {
      (float) step.gradientScale(),
      (float) step.learningRate(),
      (float) alpha,
      (float) (1 - alpha),
      (float) epsilon,
      (float) momentum,
      (float) weightDecay
    };
  }

  @Override
  public void update(Slice slice, StepSettings step) {
    float[] f = factors(step);
    float scale = f[0];
    float rate = f[1];
    float keep = f[2];
    float take = f[3];
    float tiny = f[4];
    float mu = f[5];
    float decay = f[6];
    slice.update(
        stateNames().size(),
        (p, g, s, from, to, tensor) -> {
          float pull = tensor >= 0 ? decay : 0;
          float[] square = s[0];
          for (int i = from; i < to; i++) {
            float d = pull == 0 ? scale * g[i] : scale * g[i] + pull * p[i];
            square[i] = keep * square[i] + take * (d * d);
            g[i] = d / ((float) Math.sqrt(square[i]) + tiny);
          }
          for (int i = from; i < to; i++) {
            if (mu > 0) {
              s[1][i] = mu * s[1][i] + g[i];
            }
            p[i] = p[i] - rate * (mu > 0 ? s[1][i] : g[i]);
          }
        });
  }
}
