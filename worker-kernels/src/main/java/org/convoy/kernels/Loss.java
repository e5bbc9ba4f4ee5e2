package org.convoy.kernels;

import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What training makes small: the mean over the batch of a function of each sample's output and
 * target, and its gradient. Computed in float64 from the plan's output, in sample order, so that
 * every backend gets the same number for the same output.
 */
public sealed interface Loss {

  /**
   * Cross entropy of the softmax of logits (batch, classes) against a class distribution that keeps
   * {@code 1 - smoothing} on the target class and spreads the rest evenly over all classes (Szegedy
   * et al. 2016, section 7; torch's {@code label_smoothing}).
   */
  record SoftmaxCrossEntropy(double labelSmoothing) implements Loss {
    public SoftmaxCrossEntropy {
      if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
        throw new IllegalArgumentException(
            "label smoothing must be within [0, 1), got " + labelSmoothing);
      }
    }

    @Override
    public double evaluate(INDArray output, int[] labels, float[] weights, INDArray gradient) {
      int batch = Math.toIntExact(output.size(0));
      int classes = Math.toIntExact(output.size(1));
      DataBuffer logits = output.data();
      DataBuffer slopes = gradient.data();
      double rest = labelSmoothing / classes;
      double total = 0;
      double counted = 0;
      for (float weight : weights) {
        counted += weight;
      }
      double[] row = new double[classes];
      for (int n = 0; n < batch; n++) {
        long start = (long) n * classes;
        double weight = weights[n];
        if (weight == 0) {
          for (int c = 0; c < classes; c++) {
            slopes.put(start + c, 0.0);
          }
          continue;
        }
        double largest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
          row[c] = logits.getDouble(start + c);
          largest = Math.max(largest, row[c]);
        }
        double sum = 0;
        double mean = 0;
        for (int c = 0; c < classes; c++) {
          mean += row[c];
          sum += StrictMath.exp(row[c] - largest);
        }
        double logSum = largest + StrictMath.log(sum);
        int label = labels[n];
        total += weight * (logSum - (1 - labelSmoothing) * row[label] - rest * mean);
        for (int c = 0; c < classes; c++) {
          double target = rest + (c == label ? 1 - labelSmoothing : 0);
          slopes.put(start + c, weight / counted * (StrictMath.exp(row[c] - logSum) - target));
        }
      }
      return counted == 0 ? 0 : total / counted;
    }
  }

  /**
   * The weighted mean loss of a batch.
   *
   * @param output {@code (batch, classes)}
   * @param labels the class of each sample
   * @param weights of each sample, 0 for one that does not count
   * @param gradient is overwritten with the gradient by the output, in its shape
   */
  double evaluate(INDArray output, int[] labels, float[] weights, INDArray gradient);
}
