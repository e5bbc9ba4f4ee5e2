package org.convoy.graph;

import java.util.List;
import java.util.Locale;

/**
 * Takes a range of one dimension and all of the others.
 *
 * @param dimension 0 for channels, from 1 on for the spatial dimensions
 * @param from the first index
 * @param to one past the last index
 */
public record Slice(int dimension, int from, int to) implements Op {

  public Slice {
    if (dimension < 0 || from < 0 || to <= from) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "slice: expected a dimension and a range from 0 on that is not empty, got [%d, %d) of dimension %d",
              from,
              to,
              dimension));
    }
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    Shape input = Op.only(this, inputs);
    if (dimension >= input.rank() || to > input.dimension(dimension)) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "slice: input %s has no range [%d, %d) of dimension %d",
              input,
              from,
              to,
              dimension));
    }
    int[] dimensions = input.dimensions().stream().mapToInt(Integer::intValue).toArray();
    dimensions[dimension] = to - from;
    return Shape.of(dimensions);
  }

  @Override
  public String word() {
    return "slice";
  }
}
