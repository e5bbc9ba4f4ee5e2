package org.convoy.optim;

import java.util.List;

/**
 * Layer-wise adaptive rate scaling (You et al. 2017, "Large batch training of convolutional
 * networks", algorithm 1), as in {@code timm.optim.Lars}. For each tensor that decays:
 *
 * <pre>
 *   g = gradientScale * gradient
 *   trust = trustCoefficient * |parameter| / (|g| + weightDecay * |parameter| + epsilon)
 *   buffer = momentum * buffer + trust * (g + weightDecay * parameter)
 *   parameter = parameter - learningRate * buffer       (nesterov as in {@link Sgd})
 * </pre>
 *
 * Trust is 1 for tensors that do not decay, and for a tensor where |parameter| or |g| is 0. Each
 * product and sum is rounded to float32 on its own; norms are in double.
 *
 * @param momentum in [0, 1); at 0 there is no state
 * @param nesterov whether the step looks ahead; needs momentum
 * @param weightDecay coefficient of the L2 term, not negative
 * @param trustCoefficient the paper's eta
 * @param epsilon keeps the quotient finite
 * @param decayNormsAndBiases whether scales and shifts of norms and biases decay and are scaled too
 */
public record Lars(
    double momentum,
    boolean nesterov,
    double weightDecay,
    double trustCoefficient,
    double epsilon,
    boolean decayNormsAndBiases)
    implements LayerWise {
  /** Checks the ranges. */
  public Lars {
    HeavyBall.check(momentum, nesterov, weightDecay)
        .positive("trust-coefficient", trustCoefficient)
        .notNegative("epsilon", epsilon)
        .done();
  }

  @Override
  public List<String> stateNames() {
    return HeavyBall.stateNames(momentum);
  }

  @Override
  public float[] factors(StepSettings step) {
    return HeavyBall.factors(step, momentum, weightDecay, nesterov);
  }

  @Override
  public void measure(Slice slice, StepSettings step, TensorSums sums) {
    float scale = factors(step)[0];
    slice.update(
        stateNames().size(),
        (p, g, s, from, to, tensor) -> {
          if (tensor >= 0) {
            for (int i = from; i < to; i++) {
              g[i] = scale * g[i];
            }
            sums.add(tensor, p, g, from, to);
          }
        });
  }

  @Override
  public double trust(double parameters, double direction) {
    return trustCoefficient * parameters / (direction + weightDecay * parameters + epsilon);
  }

  @Override
  public void update(Slice slice, StepSettings step) {
    float[] f = factors(step);
    float scale = f[0];
    float rate = f[1];
    float mu = f[2];
    float decay = f[3];
    slice.update(
        stateNames().size(),
        (p, g, s, from, to, tensor) -> {
          float pull = tensor >= 0 ? decay : 0;
          float trust = step.trust().of(tensor);
          for (int i = from; i < to; i++) {
            g[i] = trust * (scale * g[i] + pull * p[i]);
          }
          for (int i = from; i < to; i++) {
            float direction = g[i];
            if (mu > 0) {
              s[0][i] = mu * s[0][i] + g[i];
              direction = nesterov ? g[i] + mu * s[0][i] : s[0][i];
            }
            p[i] = p[i] - rate * direction;
          }
        });
  }
}
