package org.convoy.graph;

import java.util.List;

/** Turns a sample's elements into one vector of features, with channels outermost. */
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
