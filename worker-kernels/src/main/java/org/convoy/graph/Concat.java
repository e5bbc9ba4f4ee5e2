package org.convoy.graph;

import java.util.List;

/**
 * Concatenates the channels of all inputs: {@code (c1, spatial...), (c2, spatial...), ...}
 * become {@code (c1 + c2 + ..., spatial...)}.
 */
public record Concat() implements Op {
  @Override
  public Shape infer(List<Shape> inputs) {
    if (inputs.isEmpty()) {
      throw new GraphException("concat takes at least one input, got none");
    }
    int channels = 0;
    for (Shape input : inputs) {
      if (!input.spatial().equals(inputs.get(0).spatial())) {
        throw new GraphException(
            "concat takes inputs of the same spatial dimensions, got " + inputs);
      }
      channels = Math.addExact(channels, input.channels());
    }
    return inputs.get(0).withChannels(channels);
  }

  @Override
  public String word() {
    return "concat";
  }
}
