package org.convoy.optim;

import java.util.List;
import org.convoy.settings.Checks;

/**
 * Lion (Chen et al. 2023, "Symbolic discovery of optimization algorithms", program 1): a step of
 * one size in the direction of the sign, with decoupled weight decay.
 *
 * <pre>
 *   g = gradientScale * gradient
 *   parameter = parameter * (1 - learningRate * weightDecay)        (where the mask says so)
 *   parameter = parameter - learningRate * sign(beta1 * mean + (1 - beta1) * g)
 *   mean = beta2 * mean + (1 - beta2) * g
 * </pre>
 *
 * The sign of 0 is 0. Each product and sum is rounded to float32 on its own. The paper takes a
 * third to a tenth of AdamW's learning rate and 3 to 10 times its decay.
 *
 * @param beta1 weight of the running mean in the direction
 * @param beta2 decay of the running mean of gradients
 * @param weightDecay coefficient: each step shrinks the parameters by this times the learning rate
 * @param decayNormsAndBiases whether scales and shifts of norms and biases decay too
 */
public record Lion(double beta1, double beta2, double weightDecay, boolean decayNormsAndBiases)
    implements Optimizer {
  /** Checks the ranges. */
  public Lion {
    new Checks()
        .fraction("beta1", beta1)
        .fraction("beta2", beta2)
        .notNegative("weight-decay", weightDecay)
        .done();
  }

  @Override
  public List<String> stateNames() {
    return List.of("mean");
  }

  /** Scale, rate, by what decay shrinks, and each beta with one minus it. */
  @Override
  public float[] factors(StepSettings step) {
    return new float[] {
      (float) step.gradientScale(),
      (float) step.learningRate(),
      (float) (1 - step.learningRate() * weightDecay),
      (float) beta1,
      (float) (1 - beta1),
      (float) beta2,
      (float) (1 - beta2)
    };
  }

  @Override
  public void update(Slice slice, StepSettings step) {
    float[] f = factors(step);
    float scale = f[0];
    float rate = f[1];
    float shrink = f[2];
    float keep1 = f[3];
    float take1 = f[4];
    float keep2 = f[5];
    float take2 = f[6];
    slice.update(
        1,
        (p, g, s, from, to, tensor) -> {
          float[] mean = s[0];
          float kept = tensor >= 0 ? shrink : 1;
          for (int i = from; i < to; i++) {
            float d = scale * g[i];
            p[i] = kept * p[i] - rate * Math.signum(keep1 * mean[i] + take1 * d);
            mean[i] = keep2 * mean[i] + take2 * d;
          }
        });
  }
}
