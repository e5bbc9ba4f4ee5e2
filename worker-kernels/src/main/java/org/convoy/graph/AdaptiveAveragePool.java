package org.convoy.graph;

import java.util.List;
import java.util.Locale;

/**
 * Averages the input into a grid of a given size (torch's AdaptiveAvgPool). In each dimension output i is the mean of the inputs from floor(i in / out) up to, not including, ceil((i + 1) in /
 * out). Bins overlap where {@code out} does not divide {@code in}.
 *
 * @param output the spatial dimensions of the result, outermost first
 */
public record AdaptiveAveragePool(List<Integer> output) implements Op {
  public AdaptiveAveragePool {
    output = List.copyOf(output);
    for (int size : output) {
      if (size < 1) {
        throw new GraphException("avgpool: output sizes must be at least 1, got " + output);
      }
    }
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    Shape input = Op.only(this, inputs);
    if (output.isEmpty() || input.spatialRank() != output.size()) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "avgpool: output %s does not fit the spatial dimensions of input %s",
              output,
              input));
    }
    return Shape.of(input.channels(), output);
  }

  @Override
  public String word() {
    return "avgpool";
  }
}
