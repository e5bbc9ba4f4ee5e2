package org.convoy.loss;

import java.io.Serializable;
import org.convoy.settings.Checks;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Knowledge distillation (Hinton, Vinyals and Dean 2015, "Distilling the knowledge in a neural
 * network", section 2): the loss against the labels, mixed with how far the network's distribution
 * over the classes is from a teacher's, both softened by a temperature T:
 *
 * <pre>
 *   soft = T^2 * KL(softmax(teacher / T) || softmax(output / T))
 *   loss = (1 - weight) * hard + weight * soft
 * </pre>
 *
 * <p>The factor T^2 keeps the gradient of the soft part as large as that of the hard one, whatever
 * T is. Soft losses are computed in strict float64, as every {@link Loss} is.
 *
 * @param temperature T, more than 0
 * @param weight of the soft part, from 0 to 1
 */
public record Distillation(double temperature, double weight) implements Serializable {

  /** Checks the ranges. */
  public Distillation {
    new Checks().positive("temperature", temperature).part("weight", weight).done();
  }

  /**
   * The soft part: its weighted mean over the batch.
   *
   * @param output of the network, {@code (batch, classes)} or {@code (batch, classes, height,
   *     width)}, float32 or float64, dense in C order
   * @param teacher the teacher's output for the same samples, in the same shape
   * @param weights (batch), of each sample, 0 for one that does not count
   * @param gradient is overwritten with the gradient by the network's output, in its shape
   * @param threads that work at once; the result does not depend on them
   * @throws IllegalArgumentException as {@link Loss#evaluate} says
   */
  public double soft(
      INDArray output, INDArray teacher, float[] weights, INDArray gradient, int threads) {
    return Samples.weightedMean(
        output, Targets.dense(teacher), weights, gradient, threads, this::divergence);
  }

  /** The loss, of its two parts. */
  public double mix(double hard, double soft) {
    return (1 - weight) * hard + weight * soft;
  }

  /**
   * The loss's gradient, of those of its two parts.
   *
   * @param hard is changed to it
   */
  public void mix(INDArray hard, INDArray soft) {
    hard.muli(1 - weight).addi(soft.mul(weight));
  }

  private double divergence(Samples at, double share) {
    double total = 0;
    double scale = share * temperature / at.positions();
    for (int p = 0; p < at.positions(); p++) {
      double ownSum = logSum(at, p, false);
      double teacherSum = logSum(at, p, true);
      for (int c = 0; c < at.classes(); c++) {
        double own = at.output(c, p) / temperature - ownSum;
        double teacher = at.target(c, p) / temperature - teacherSum;
        double aim = StrictMath.exp(teacher);
        if (aim > 0) {
          total += aim * (teacher - own);
        }
        at.gradient(c, p, scale * (StrictMath.exp(own) - aim));
      }
    }
    return temperature * temperature * total / at.positions();
  }

  /** The logarithm of the sum of the softened exponentials at a position. */
  private double logSum(Samples at, int p, boolean teacher) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < at.classes(); c++) {
      largest = Math.max(largest, teacher ? at.target(c, p) : at.output(c, p));
    }
    double sum = 0;
    for (int c = 0; c < at.classes(); c++) {
      double value = teacher ? at.target(c, p) : at.output(c, p);
      sum += StrictMath.exp((value - largest) / temperature);
    }
    return largest / temperature + StrictMath.log(sum);
  }
}
