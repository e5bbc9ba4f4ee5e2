package org.convoy.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Adds positions of zeros around the input.
 *
 * @param before the number of positions before the first, for each spatial dimension
 * @param after the number of positions after the last, for each spatial dimension
 */
public record Pad(List<Integer> before, List<Integer> after) implements Op {

  public Pad {
    before = List.copyOf(before);
    after = List.copyOf(after);
    if (before.size() != after.size()
        || before.stream().anyMatch(each -> each < 0)
        || after.stream().anyMatch(each -> each < 0)) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "pad: expected as many numbers before as after, each at least 0, got %s and %s",
              before,
              after));
    }
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    Shape input = Op.only(this, inputs);
    if (input.spatialRank() != before.size()) {
      throw new GraphException(
          String.format(
              Locale.ROOT, "pad: input %s must have %d spatial dimensions", input, before.size()));
    }
    List<Integer> spatial = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      spatial.add(
          Math.addExact(Math.addExact(before.get(i), input.spatial().get(i)), after.get(i)));
    }
    return Shape.of(input.channels(), spatial);
  }

  @Override
  public String word() {
    return "pad";
  }
}
