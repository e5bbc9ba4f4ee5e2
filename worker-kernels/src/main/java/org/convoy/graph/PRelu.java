package org.convoy.graph;

import java.util.List;

/**
 * The parametric rectifier (He et al. 2015, equation 1): x if x is above zero, else a learned slope times x.
 *
 * <p>Parameter: {@code weight} of shape {@code (channels)}, or {@code (1)} where all channels share
 * a slope.
 *
 * @param perChannel whether each channel learns a slope of its own
 * @param start the initial value of every slope
 */
public record PRelu(boolean perChannel, double start) implements Op {

  /** torch's initial value, 0.25. */
  public static PRelu of(boolean perChannel) {
    return new PRelu(perChannel, 0.25);
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    return Op.only(this, inputs);
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    Shape shape = Shape.of(perChannel ? inputs.get(0).channels() : 1);
    return List.of(
        new ParameterSpec("weight", shape, ParameterKind.SLOPE, new Initializer.Constant(start)));
  }

  @Override
  public String word() {
    return "prelu";
  }
}
