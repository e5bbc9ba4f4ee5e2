package org.convoy.graph;

import java.util.List;

/** {@code exp(x)} over its sum across the channels, at every position by itself. */
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
