package org.convoy.graph;

import java.util.List;

/** The input batch of a plan. It is the first node of every graph. */
public record Input(Shape shape) implements Op {
  @Override
  public Shape infer(List<Shape> inputs) {
    if (!inputs.isEmpty()) {
      throw new GraphException("input takes no inputs, got " + inputs);
    }
    return shape;
  }

  @Override
  public String word() {
    return "input";
  }
}
