package org.convoy.optim;

import java.util.List;

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
    MeanSquares.check(alpha, epsilon, momentum, weightDecay).done();
  }

  @Override
  public List<String> stateNames() {
    return MeanSquares.stateNames(momentum);
  }

  @Override
  public float[] factors(StepSettings step) {
    double start = StrictMath.pow(alpha, step.step() + 1);
    return MeanSquares.factors(step, alpha, start + epsilon, momentum, weightDecay);
  }

  @Override
  public void update(Slice slice, StepSettings step) {
    float[] f = factors(step);
    float rate = f[1];
    float start = f[4];
    MeanSquares.update(
        slice,
        stateNames().size(),
        f,
        1,
        (g, squares, from, to) -> {
          for (int i = from; i < to; i++) {
            g[i] = rate * (g[i] / (float) Math.sqrt(squares[i] + start));
          }
        });
  }
}
