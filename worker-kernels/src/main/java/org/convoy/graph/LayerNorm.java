package org.convoy.graph;

import java.util.List;

/**
 * Layer normalisation (Ba et al. 2016): the values of one sample minus their mean, divided by the root of their biased variance plus epsilon, then scaled and shifted. Training and evaluation are the same.
 *
 * <p>Parameters: {@code weight} and {@code bias}, each of shape {@code (channels)}, or of the
 * sample's shape where all of its values are normalised together.
 *
 * @param over the values of a sample that are normalised together
 */
public record LayerNorm(Over over, double epsilon) implements Op {

  /** The values that share a mean and a variance. For vectors of features both kinds are the same. */
  public enum Over {
    /** The channels at one position, as ConvNeXt does (torchvision's {@code LayerNorm2d}). */
    CHANNELS,
    /** All values of the sample: torch's {@code LayerNorm} over the whole of its shape. */
    SAMPLE
  }

  public LayerNorm {
    if (!(epsilon > 0)) {
      throw new GraphException("layer norm: epsilon must be positive, got " + epsilon);
    }
  }

  /** Over the channels at each position, with torch's epsilon of 1e-5. */
  public static LayerNorm channels() {
    return new LayerNorm(Over.CHANNELS, 1e-5);
  }

  /** Over the whole sample, with torch's epsilon of 1e-5. */
  public static LayerNorm sample() {
    return new LayerNorm(Over.SAMPLE, 1e-5);
  }

  public LayerNorm epsilon(double epsilon) {
    return new LayerNorm(over, epsilon);
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    return Op.only(this, inputs);
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    Shape input = inputs.get(0);
    Shape shape = over == Over.CHANNELS ? Shape.of(input.channels()) : input;
    return List.of(
        new ParameterSpec("weight", shape, ParameterKind.NORM_SCALE, new Initializer.Constant(1)),
        new ParameterSpec("bias", shape, ParameterKind.NORM_SHIFT, new Initializer.Constant(0)));
  }

  @Override
  public String word() {
    return "layernorm";
  }
}
