package org.convoy.graph;

import java.util.List;

/**
 * Global response normalisation (Woo et al. 2023, ConvNeXt V2, equations 1 to 3): in each sample, n is a channel's L2 norm over its positions, divided by the mean of all channels' norms plus epsilon, and scales the channel: {@code y = weight * (x * n) + bias + x}. Both parameters start at zero, so the op
 * starts as the identity.
 *
 * <p>Parameters, each of shape {@code (channels)}: {@code weight}, {@code bias}; the paper's gamma
 * and beta.
 *
 * @param epsilon positive
 */
public record GlobalResponseNorm(double epsilon) implements Op {

  public GlobalResponseNorm {
    if (!(epsilon > 0)) {
      throw new GraphException("response norm: epsilon must be positive, got " + epsilon);
    }
  }

  /** The paper's epsilon, 1e-6. */
  public static GlobalResponseNorm standard() {
    return new GlobalResponseNorm(1e-6);
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    return Op.only(this, inputs);
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    Shape channels = Shape.of(inputs.get(0).channels());
    Initializer zero = new Initializer.Constant(0);
    return List.of(
        new ParameterSpec("weight", channels, ParameterKind.NORM_SCALE, zero),
        new ParameterSpec("bias", channels, ParameterKind.NORM_SHIFT, zero));
  }

  @Override
  public String word() {
    return "responsenorm";
  }
}
