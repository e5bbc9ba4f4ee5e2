package org.convoy.loss;

import java.io.Serializable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What training makes small: the weighted mean over the batch of a function of each sample's output
 * and target, and its gradient. Computed in strict float64 from the plan's output, in sample order,
 * so that every backend gets the same number for the same output.
 *
 * <p>Within a sample a loss is the mean over what it is defined on, as under torch's {@code
 * reduction="mean"}: over positions, over elements, or the sample as a whole.
 *
 * <p>A recipe names one by the record's name: {@code loss { name = cross-entropy }}. To add one,
 * add a record in a file of its own, its name in the {@code permits} clause, and its defaults in
 * the driver's {@code convoy-reference.conf}.
 */
public sealed interface Loss extends Serializable
    permits CrossEntropy, BinaryCrossEntropy, Focal, Dice, SmoothL1 {

  /**
   * The weighted mean loss of a batch: {@code sum(weight * loss) / sum(weight)} over the samples, 0
   * if no sample counts. What lies in the output of a sample that does not count is not looked at.
   *
   * @param output {@code (batch, classes)} or {@code (batch, classes, height, width)}, float32 or
   *     float64, dense in C order
   * @param targets of each sample
   * @param weights (batch), of each sample, 0 for one that does not count
   * @param gradient is overwritten with the gradient by the output, in its shape
   * @throws IllegalArgumentException if shapes do not fit together, a label is no class, a weight
   *     is negative or not finite, or the loss has no meaning for targets of this kind
   */
  double evaluate(INDArray output, Targets targets, float[] weights, INDArray gradient);

  /** Whether it is defined on {@link Targets.Classes}. */
  default boolean takesClasses() {
    return true;
  }

  /** The loss that validation states: this one against the labels as they are. */
  default Loss unsmoothed() {
    return this;
  }
}
