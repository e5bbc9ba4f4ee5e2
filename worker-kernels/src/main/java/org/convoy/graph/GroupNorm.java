package org.convoy.graph;

import java.util.List;
import java.util.Locale;

/**
 * Group normalisation (Wu and He 2018): in each sample, each group of neighbouring channels minus the mean over its channels and positions, divided by the root of its biased variance plus epsilon. If {@code affine}, each channel is then scaled and shifted. Training and evaluation are the same. With one group it is layer normalisation over channels and positions together; with one group per channel it is instance normalisation (Ulyanov et al. 2016).
 *
 * <p>Parameters, where {@code affine}, each of shape {@code (channels)}: {@code weight}, {@code
 * bias}.
 *
 * @param groups divides the channels
 * @param epsilon positive
 */
public record GroupNorm(int groups, double epsilon, boolean affine) implements Op {

  public GroupNorm {
    if (groups < 1 || !(epsilon > 0)) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "group norm: groups must be at least 1 and epsilon positive, got %d and %s",
              groups,
              epsilon));
    }
  }

  /** torch's defaults: epsilon 1e-5, scaled and shifted. */
  public static GroupNorm of(int groups) {
    return new GroupNorm(groups, 1e-5, true);
  }

  /** Without scale and shift, torch's default for instance normalisation. */
  public GroupNorm plain() {
    return new GroupNorm(groups, epsilon, false);
  }

  public GroupNorm epsilon(double epsilon) {
    return new GroupNorm(groups, epsilon, affine);
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    Shape input = Op.only(this, inputs);
    if (input.channels() % groups != 0) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "group norm: input %s has %d channels, which %d groups do not divide",
              input,
              input.channels(),
              groups));
    }
    return input;
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    if (!affine) {
      return List.of();
    }
    Shape channels = Shape.of(inputs.get(0).channels());
    return List.of(
        new ParameterSpec(
            "weight", channels, ParameterKind.NORM_SCALE, new Initializer.Constant(1)),
        new ParameterSpec("bias", channels, ParameterKind.NORM_SHIFT, new Initializer.Constant(0)));
  }

  @Override
  public String word() {
    return "groupnorm";
  }
}
