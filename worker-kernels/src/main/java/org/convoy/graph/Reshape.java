package org.convoy.graph;

import java.util.List;
import java.util.Locale;

/** Gives the same elements in the same order another shape. */
public record Reshape(Shape shape) implements Op {
  @Override
  public Shape infer(List<Shape> inputs) {
    Shape input = Op.only(this, inputs);
    if (input.elements() != shape.elements()) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "reshape: input %s has %d elements, %s has %d",
              input,
              input.elements(),
              shape,
              shape.elements()));
    }
    return shape;
  }

  @Override
  public String word() {
    return "reshape";
  }
}
