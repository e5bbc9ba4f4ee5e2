package org.convoy.graph;

import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The product of two tensors. The second may have the first's shape; or {@code (channels, 1, ...)},
 * one factor per channel, as in squeeze and excitation (Hu et al. 2018); or {@code (1, spatial...)},
 * one factor per position, as in spatial attention (Woo et al. 2018).
 */
public record Multiply() implements Op {
  @Override
  public Shape infer(List<Shape> inputs) {
    if (inputs.size() != 2) {
      throw new GraphException("multiply takes two inputs, got " + inputs.size());
    }
    Shape first = inputs.get(0);
    Shape channels = Shape.of(first.channels(), Collections.nCopies(first.spatialRank(), 1));
    if (!List.of(first, channels, first.withChannels(1)).contains(inputs.get(1))) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "multiply: second input must be of shape %s, %s or %s, got %s",
              first,
              channels,
              first.withChannels(1),
              inputs.get(1)));
    }
    return first;
  }

  @Override
  public String word() {
    return "multiply";
  }
}
