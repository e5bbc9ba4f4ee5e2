package org.convoy.loss.device;

import java.util.List;

/**
 * How the outputs of a batch lie: {@code (batch, outputs, classes, positions)}.
 *
 * @param batch samples
 * @param classes of each output
 * @param positions of each class
 * @param weights of the outputs' losses, the main output first; a single one has the weight 1
 */
public record OutputLayout(int batch, int classes, int positions, List<Double> weights) {
  /** Copies the list. */
  public OutputLayout {
    weights = List.copyOf(weights);
  }

  /** How many outputs there are. */
  int outputs() {
    return weights.size();
  }

  /** The elements of a sample of one output. */
  long size() {
    return (long) classes * positions;
  }

  /** The elements of one output. */
  long elements() {
    return batch * size();
  }
}
