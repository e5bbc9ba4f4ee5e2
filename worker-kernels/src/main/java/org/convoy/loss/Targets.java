package org.convoy.loss;

import org.nd4j.linalg.api.ndarray.INDArray;

/** What a batch's outputs should be. */
public sealed interface Targets {

  /**
   * The true class of each sample, or of each position of each sample. To a loss that is defined on
   * numbers they are one-hot: 1 in the true class, 0 in the others.
   *
   * @param labels {@code (batch)} or {@code (batch, height, width)} in C order, each from 0 to the
   *     number of classes, exclusive; of a sample that does not count, anything
   */
  @SuppressWarnings("ArrayRecordComponent") // Made for one step, never compared.
  record Classes(int[] labels) implements Targets {}

  /**
   * A number for each output: a class distribution (mixup, CutMix, distillation), which of several
   * labels hold, a mask, a value.
   *
   * @param values in the output's shape, float32 or float64, dense in C order
   */
  record Dense(INDArray values) implements Targets {}

  static Targets classes(int... labels) {
    return new Classes(labels);
  }

  static Targets dense(INDArray values) {
    return new Dense(values);
  }
}
