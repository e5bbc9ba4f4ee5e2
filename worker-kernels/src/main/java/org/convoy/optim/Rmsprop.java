package org.convoy.optim;

import java.util.List;

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
    MeanSquares.check(alpha, epsilon, momentum, weightDecay).done();
  }

  @Override
  public List<String> stateNames() {
    return MeanSquares.stateNames(momentum);
  }

  @Override
  public float[] factors(StepSettings step) {
    return MeanSquares.factors(step, alpha, epsilon, momentum, weightDecay);
  }

  @Override
  public void update(Slice slice, StepSettings step) {
    float[] f = factors(step);
    float tiny = f[4];
    MeanSquares.update(
        slice,
        stateNames().size(),
        f,
        f[1],
        (g, squares, from, to) -> {
          for (int i = from; i < to; i++) {
            g[i] = g[i] / ((float) Math.sqrt(squares[i]) + tiny);
          }
        });
  }
}
