package org.convoy.graph;

import java.util.List;
import java.util.Locale;

/**
 * Each channel's mean over all positions: {@code (channels, spatial...)} becomes {@code
 * (channels)}.
 */
public record GlobalAveragePool() implements Op {
  @Override
  public Shape infer(List<Shape> inputs) {
    Shape input = Op.only(this, inputs);
    if (input.spatialRank() == 0) {
      throw new GraphException(
          String.format(Locale.ROOT, "avgpool: input %s has no spatial dimensions", input));
    }
    return Shape.of(input.channels());
  }

  @Override
  public String word() {
    return "avgpool";
  }
}
