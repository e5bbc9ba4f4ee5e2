package org.convoy.graph;

import java.util.List;

/** All of a sample's elements as one vector of features, channels outermost. */
public record Flatten() implements Op {
  @Override
  public Shape infer(List<Shape> inputs) {
    return Shape.of(Math.toIntExact(Op.only(this, inputs).elements()));
  }

  @Override
  public String word() {
    return "flatten";
  }
}
