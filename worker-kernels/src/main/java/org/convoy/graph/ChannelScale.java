package org.convoy.graph;

import java.util.Collections;
import java.util.List;

/**
 * Each channel times a learned factor (layer scale, Touvron et al. 2021, equation 7).
 *
 * <p>One parameter of shape {@code (channels, 1, ...)}, with as many dimensions as the input. Its name is the node's name.
 *
 * @param initial the initial value of every factor
 */
public record ChannelScale(double initial) implements Op {
  @Override
  public Shape infer(List<Shape> inputs) {
    return Op.only(this, inputs);
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    Shape input = inputs.get(0);
    Shape shape = Shape.of(input.channels(), Collections.nCopies(input.spatialRank(), 1));
    return List.of(
        new ParameterSpec("", shape, ParameterKind.WEIGHT, new Initializer.Constant(initial)));
  }

  @Override
  public String word() {
    return "layer_scale";
  }
}
