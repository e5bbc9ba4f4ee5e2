package org.convoy.graph;

import java.util.List;
import java.util.Locale;

/**
 * Adds a learned vector to each of the first positions of a sequence: the class token (the only
 * vector at a first position of zeros) and the position embedding of vision transformers
 * (Dosovitskiy et al. 2021, equation 1).
 *
 * <p>One parameter of shape {@code (1, positions, channels)}, which is not decayed. Its name is the
 * node's name.
 *
 * @param positions how many; a sequence may be longer
 * @param initializer of all vectors
 */
public record Embedding(int positions, Initializer initializer) implements Op {

  public Embedding {
    if (positions < 1) {
      throw new GraphException("embedding: positions must be at least 1, got " + positions);
    }
  }

  @Override
  public Shape infer(List<Shape> inputs) {
    Shape input = Op.only(this, inputs);
    if (input.spatialRank() != 1 || input.dimension(1) < positions) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "embedding: input %s must be a sequence of at least %d positions",
              input,
              positions));
    }
    return input;
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    Shape shape = Shape.of(1, positions, inputs.get(0).channels());
    return List.of(new ParameterSpec("", shape, ParameterKind.BIAS, initializer));
  }

  @Override
  public String word() {
    return "embedding";
  }
}
