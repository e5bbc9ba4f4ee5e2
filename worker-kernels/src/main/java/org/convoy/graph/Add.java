package org.convoy.graph;

import java.util.List;

/** The sum of two tensors of one shape. */
public record Add() implements Op {
  @Override
  public Shape infer(List<Shape> inputs) {
    if (inputs.size() != 2 || !inputs.get(0).equals(inputs.get(1))) {
      throw new GraphException("add takes two inputs of one shape, got " + inputs);
    }
    return inputs.get(0);
  }

  @Override
  public String word() {
    return "add";
  }
}
