package org.convoy.loss;

import java.io.Serializable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The function that training minimizes: the weighted mean over the batch of a function of each
 * sample's output and target, with its gradient. It is computed in strict float64 from the plan's
 * output, in sample order. So every backend gets the same number for the same output.
 *
 * <p>Within a sample a loss is a mean, as with torch's {@code reduction="mean"}: over positions,
 * over elements, or one value for the whole sample.
 *
 * <p>A recipe names a loss by the record's name: {@code loss { name = cross-entropy }}. To add one,
 * add a record in a file of its own, its name in the {@code permits} clause, and its defaults in
 * the driver's {@code convoy-reference.conf}.
 */
public sealed interface Loss extends Serializable
    permits CrossEntropy,
        BinaryCrossEntropy,
        Focal,
        Dice,
        SmoothL1,
        NtXent,
        Consistency,
        MeanSquaredError {

  /**
   * The weighted mean loss of a batch: {@code sum(weight * loss) / sum(weight)} over the samples, 0
   * if no sample counts. The output of a sample that does not count is not read.
   *
   * @param output {@code (batch, classes)} or {@code (batch, classes, height, width)}, float32 or
   *     float64, dense in C order
   * @param targets the target of each sample
   * @param weights (batch), the weight of each sample; 0: the sample does not count
   * @param gradient overwritten with the gradient with respect to the output, in its shape
   * @param threads on which samples are computed; the result does not depend on it
   * @throws IllegalArgumentException if shapes do not match, a label is not a class, a weight is
   *     negative or not finite, or the loss is not defined for targets of this kind
   */
  double evaluate(
      INDArray output, Targets targets, float[] weights, INDArray gradient, int threads);

  /** On this thread alone. */
  default double evaluate(INDArray output, Targets targets, float[] weights, INDArray gradient) {
    return evaluate(output, targets, weights, gradient, 1);
  }

  /**
   * The sum of the weights of a batch's samples.
   *
   * @throws IllegalArgumentException if one of them is negative or not finite
   */
  static double counted(float[] weights) {
    double counted = 0;
    for (float weight : weights) {
      if (!(weight >= 0 && weight < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("weights: expected finite and >= 0, got " + weight);
      }
      counted += weight;
    }
    return counted;
  }

  /** Whether this loss is defined on {@link Targets.Classes}. */
  default boolean takesClasses() {
    return true;
  }

  /**
   * The number of views of each sample that a batch holds: first one view of all samples, then the
   * next.
   */
  default int views() {
    return 1;
  }

  /** The loss that validation reports: this loss of one view, without label smoothing. */
  default Loss unsmoothed() {
    return this;
  }
}
