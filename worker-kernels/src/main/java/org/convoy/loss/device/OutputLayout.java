package org.convoy.loss.device;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

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

  /** Checks that there is a weight for each sample. */
  void requireBatch(float[] weights) {
    if (weights.length != batch) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "weights: expected one for each of %d samples, got %d",
              batch,
              weights.length));
    }
  }

  /** Checks that an array has a number for each element of an output. */
  void requireOutputs(String role, INDArray array) {
    if (array.dataType() != DataType.FLOAT
        || array.isView()
        || array.ordering() != 'c'
        || array.length() != elements()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: expected dense FLOAT of %d samples, %d classes and %d positions in C order, got %s of %s",
              role,
              batch,
              classes,
              positions,
              array.dataType(),
              Arrays.toString(array.shape())));
    }
  }
}
