package org.convoy.loss;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The outputs that a batch should have. */
public sealed interface Targets {

  /**
   * The true class of each sample, or of each position of each sample. A loss that is defined on
   * numbers takes them as one-hot: 1 in the true class, 0 in the others.
   *
   * @param labels {@code (batch)} or {@code (batch, height, width)} in C order, each from 0 to the
   *     number of classes, exclusive; any value for a sample that does not count
   */
  @SuppressWarnings("ArrayRecordComponent") // It is made for one step and never compared.
  record Classes(int[] labels) implements Targets {}

  /**
   * A number for each output: a class distribution (mixup, CutMix, distillation), flags for several
   * labels, a mask, or a value.
   *
   * @param values in the output's shape, float32 or float64, dense in C order
   */
  record Dense(INDArray values) implements Targets {}

  /**
   * No targets: the second half of the batch holds other views of the images of the first half, in
   * the same order.
   */
  record Pairs() implements Targets {}

  static Targets pairs() {
    return new Pairs();
  }

  static Targets classes(int... labels) {
    return new Classes(labels);
  }

  static Targets dense(INDArray values) {
    return new Dense(values);
  }
}
