package org.convoy.optim;

import java.util.List;
import org.convoy.settings.Checks;

/**
 * RMSProp as in TensorFlow 1, which trained EfficientNet and MobileNetV3; {@code
 * timm.optim.RMSpropTF} is the same. Unlike in {@link Rmsprop}, epsilon is under the root, the
 * learning rate is inside the buffer, and the squares' mean starts at one:
 *
 * <pre>
 *   g = gradientScale * gradient + weightDecay * parameter     (the second term where the mask says so)
 *   square = alpha * square + (1 - alpha) * g^2
 *   buffer = momentum * buffer + learningRate * g / sqrt(square + alpha^t + epsilon)
 *   parameter = parameter - buffer
 * </pre>
 *
 * State starts at zero; {@code alpha^t}, with t counted from 1, is the weight of the initial one
 * after t steps. Each product, sum and quotient is rounded to float32 on its own.
 *
 * @param alpha decay of the running mean of squared gradients
 * @param epsilon keeps the quotient finite
 * @param momentum in [0, 1); at 0 there is no buffer
 * @param weightDecay coefficient of the L2 term, not negative
 * @param decayNormsAndBiases whether scales and shifts of norms and biases decay too
 */
public record RmspropTf(
    double alpha, double epsilon, double momentum, double weightDecay, boolean decayNormsAndBiases)
    implements Optimizer {
  /** Checks the ranges. */
  public RmspropTf {
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

  /** Scale, rate, alpha, one minus it, what is added under the root, momentum, decay. */
  @Override
  public float[] factors(StepSettings step) {
    return new float[] {
      (float) step.gradientScale(),
      (float) step.learningRate(),
      (float) alpha,
      (float) (1 - alpha),
      (float) (StrictMath.pow(alpha, step.step() + 1) + epsilon),
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
    float start = f[4];
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
            g[i] = rate * (d / (float) Math.sqrt(square[i] + start));
          }
          for (int i = from; i < to; i++) {
            if (mu > 0) {
              s[1][i] = mu * s[1][i] + g[i];
            }
            p[i] = p[i] - (mu > 0 ? s[1][i] : g[i]);
          }
        });
  }
}
