package org.convoy.optim;

import java.util.List;

/**
 * Stochastic gradient descent with momentum, as in {@code torch.optim.SGD} with dampening 0
 * (Sutskever et al. 2013, in torch's form, where the learning rate is outside the momentum buffer):
 *
 * <pre>
 *   d = gradientScale * gradient + weightDecay * parameter      (the second term where the mask says so)
 *   buffer = momentum * buffer + d
 *   d = nesterov ? d + momentum * buffer : buffer               (left out when momentum is 0)
 *   parameter = parameter - learningRate * d
 * </pre>
 *
 * Each product and sum is rounded to float32 on its own. Torch sets the buffer to {@code d} in the
 * first step; the buffer here starts at zero, which gives the same result.
 *
 * @param momentum in [0, 1); at 0 there is no state
 * @param nesterov whether the step looks ahead; needs momentum
 * @param weightDecay coefficient of the L2 term, not negative
 * @param decayNormsAndBiases whether scales and shifts of norms and biases decay too
 */
public record Sgd(
    double momentum, boolean nesterov, double weightDecay, boolean decayNormsAndBiases)
    implements Optimizer {
  /** Checks the ranges. */
  public Sgd {
    HeavyBall.check(momentum, nesterov, weightDecay).done();
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
  public void update(Slice slice, StepSettings step) {
    float[] f = factors(step);
    float scale = f[0];
    float rate = f[1];
    float mu = f[2];
    float decay = f[3];
    slice.update(
        stateNames().size(),
        (p, g, s, from, to, tensor) -> {
          direction(p, g, from, to, scale, tensor >= 0 ? decay : 0);
          if (mu == 0) {
            plain(p, g, from, to, rate);
          } else if (nesterov) {
            nesterov(p, g, s[0], from, to, rate, mu);
          } else {
            heavyBall(p, g, s[0], from, to, rate, mu);
          }
        });
  }

  /** Turns the gradient into {@code scale * gradient + decay * parameter}, in the staged copy. */
  private static void direction(float[] p, float[] g, int from, int to, float scale, float decay) {
    if (decay == 0) {
      for (int i = from; i < to; i++) {
        g[i] = scale * g[i];
      }
    } else {
      for (int i = from; i < to; i++) {
        g[i] = scale * g[i] + decay * p[i];
      }
    }
  }

  private static void plain(float[] p, float[] d, int from, int to, float rate) {
    for (int i = from; i < to; i++) {
      p[i] = p[i] - rate * d[i];
    }
  }

  private static void heavyBall(
      float[] p, float[] d, float[] m, int from, int to, float rate, float mu) {
    for (int i = from; i < to; i++) {
      float buffer = mu * m[i] + d[i];
      m[i] = buffer;
      p[i] = p[i] - rate * buffer;
    }
  }

  private static void nesterov(
      float[] p, float[] d, float[] m, int from, int to, float rate, float mu) {
    for (int i = from; i < to; i++) {
      float buffer = mu * m[i] + d[i];
      m[i] = buffer;
      p[i] = p[i] - rate * (d[i] + mu * buffer);
    }
  }
}
