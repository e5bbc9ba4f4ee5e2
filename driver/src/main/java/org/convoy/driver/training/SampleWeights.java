package org.convoy.driver.training;

import java.util.List;
import org.convoy.task.Target;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How much each sample of a micro-batch counts in the loss.
 *
 * <p>A {@link org.convoy.loss.Loss} divides by the sum of weights. With class weights that would
 * undo their effect in a micro-batch that has few classes. So {@link #restore} multiplies by the
 * mean weight again: the loss is the sum of weight times loss, divided by the number of samples.
 *
 * @param each of the places, 0 for one that does not count
 * @param mean of the samples that count
 */
@SuppressWarnings("ArrayRecordComponent") // It is made for one step and never compared.
record SampleWeights(float[] each, double mean) {

  /** All samples that count do so alike. */
  static SampleWeights alike(float[] counting) {
    return new SampleWeights(counting, 1);
  }

  /**
   * The weights of samples by their classes. A sample that is mixed with a partner has the mixed
   * weight.
   *
   * @param counting 1 for a place that counts, 0 for another
   * @param classes the weight of each class
   * @param own the share of each sample's own class
   * @param partners the place of each sample's partner
   */
  static SampleWeights of(
      float[] counting, List<Target> samples, double[] classes, double own, int[] partners) {
    float[] each = new float[counting.length];
    double sum = 0;
    int count = 0;
    for (int i = 0; i < samples.size(); i++) {
      if (counting[i] > 0) {
        double weight =
            own * weight(samples.get(i), classes)
                + (1 - own) * weight(samples.get(partners[i]), classes);
        each[i] = (float) weight;
        sum += each[i];
        count++;
      }
    }
    return new SampleWeights(each, count == 0 ? 1 : sum / count);
  }

  private static double weight(Target target, double[] classes) {
    double weight = 0;
    for (int label : target.classes()) {
      weight += classes[label];
    }
    return weight;
  }

  /**
   * Turns a mean that was divided by the sum of weights, and its gradient, into one that is divided
   * by the number of samples.
   *
   * @param gradient is changed in place
   */
  double restore(double weightedMean, INDArray gradient) {
    if (mean == 1) {
      return weightedMean;
    }
    gradient.muli(mean);
    return weightedMean * mean;
  }
}
