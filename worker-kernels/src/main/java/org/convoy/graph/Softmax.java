package org.convoy.graph;

import java.util.List;

/** {@code exp(x)} divided by its sum over the channels, separately at every position. */
public record Softmax() implements Op {
  @Override
  public Shape infer(List<Shape> inputs) {
    return Op.only(this, inputs);
  }

  @Override
  public String word() {
    return "softmax";
  }
}
