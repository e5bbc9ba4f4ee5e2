package org.convoy.loss;

import java.util.Locale;
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
  record Classes(int[] labels) implements Targets {

    /**
     * Checks that there is a class for each position of a batch.
     *
     * @param weights of the samples; labels of a sample of weight 0 may be anything
     * @throws IllegalArgumentException if there is not; the message names the sample
     */
    public void check(int batch, int classes, int positions, float[] weights) {
      if (labels.length != (long) batch * positions) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "labels: expected %d of %d samples, got %d",
                (long) batch * positions,
                batch,
                labels.length));
      }
      for (int i = 0; i < labels.length; i++) {
        boolean known = labels[i] >= 0 && labels[i] < classes;
        if (!known && weights[i / positions] != 0) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "labels: expected classes from 0 to %d, got %d of sample %d",
                  classes - 1,
                  labels[i],
                  i / positions));
        }
      }
    }
  }

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
