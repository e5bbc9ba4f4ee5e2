package org.convoy.loss;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.convoy.settings.Checks;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cross entropy with the consistency loss of AugMix (Hendrycks et al. 2020, "AugMix: A Simple Data
 * Processing Method to Improve Robustness and Uncertainty", arXiv 1912.02781, equations 2 and 3).
 * The batch holds three views of each image: the image, and two augmented copies of it. Their
 * distributions p1, p2 and p3 over the classes shall be alike:
 *
 * <pre>
 *   loss = cross entropy(p1, class) + weight * (KL(p1, M) + KL(p2, M) + KL(p3, M)) / 3
 *   M = (p1 + p2 + p3) / 3
 * </pre>
 *
 * <p>The first third of the batch holds the first view of all images, and so on. The weight of an
 * image is that of its first view.
 *
 * @param weight of the Jensen-Shannon divergence, not negative; the paper's is 12
 * @param labelSmoothing of the cross entropy, in [0, 1)
 */
public record Consistency(double weight, double labelSmoothing) implements Loss {
  private static final int VIEWS = 3;

  /** Checks the ranges. */
  public Consistency {
    new Checks().notNegative("weight", weight).fraction("label-smoothing", labelSmoothing).done();
  }

  @Override
  public int views() {
    return VIEWS;
  }

  /** Of the image alone: a validation has one view. */
  @Override
  public Loss unsmoothed() {
    return new CrossEntropy(0);
  }

  @Override
  public double evaluate(
      INDArray output, Targets targets, float[] weights, INDArray gradient, int threads) {
    if (!(targets instanceof Targets.Classes)
        || output.rank() != 2
        || weights.length % VIEWS != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "consistency: expected the class of each of three views of an image, and outputs (batch, classes), got %s and %s",
              targets,
              Arrays.toString(output.shape())));
    }
    int images = weights.length / VIEWS;
    float[] first = weights.clone();
    Arrays.fill(first, images, first.length, 0);
    double hard =
        new CrossEntropy(labelSmoothing).evaluate(output, targets, first, gradient, threads);
    double counted = Loss.counted(first);
    return counted == 0 ? 0 : hard + divergence(output, first, counted, gradient, threads);
  }

  /** The weighted mean divergence, with the weight of this loss; its gradient is added. */
  private double divergence(
      INDArray output, float[] weights, double counted, INDArray gradient, int threads) {
    int images = weights.length / VIEWS;
    Elements outputs = Elements.of("output", output);
    Elements gradients = Elements.of("gradient", gradient);
    int classes = Math.toIntExact(output.size(1));
    double[] each = new double[images];
    IntStream all = IntStream.range(0, images).filter(image -> weights[image] > 0);
    (threads > 1 ? all.parallel() : all)
        .forEach(
            image -> {
              Views views = new Views(outputs, image, images, classes);
              each[image] = weights[image] * views.divergence();
              views.addGradient(gradients, weight * weights[image] / counted);
            });
    return weight * Arrays.stream(each).sum() / counted;
  }

  /** The distributions of the three views of one image. */
  private static final class Views {
    private final int classes;
    private final long[] rows = new long[VIEWS];
    private final double[][] logs;
    private final double[] mean;
    private final double[] divergences = new double[VIEWS];

    Views(Elements outputs, int image, int images, int classes) {
      this.classes = classes;
      this.logs = new double[VIEWS][classes];
      this.mean = new double[classes];
      for (int v = 0; v < VIEWS; v++) {
        rows[v] = ((long) v * images + image) * classes;
        normalise(outputs, v);
      }
    }

    /** The logarithms of a view's probabilities, and its part of the mean distribution. */
    private void normalise(Elements outputs, int v) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < classes; c++) {
        logs[v][c] = outputs.get(rows[v] + c);
        largest = Math.max(largest, logs[v][c]);
      }
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        sum += StrictMath.exp(logs[v][c] - largest);
      }
      double logSum = largest + StrictMath.log(sum);
      for (int c = 0; c < classes; c++) {
        logs[v][c] -= logSum;
        mean[c] += StrictMath.exp(logs[v][c]) / VIEWS;
      }
    }

    /** The mean of the divergences of the views from the mean distribution. */
    double divergence() {
      double sum = 0;
      for (int v = 0; v < VIEWS; v++) {
        for (int c = 0; c < classes; c++) {
          divergences[v] += ratio(v, c);
        }
        sum += divergences[v];
      }
      return sum / VIEWS;
    }

    /** {@code p log(p / M)}, which is 0 where p is. */
    private double ratio(int v, int c) {
      double probability = StrictMath.exp(logs[v][c]);
      return probability == 0 ? 0 : probability * (logs[v][c] - StrictMath.log(mean[c]));
    }

    /** Adds the gradient of {@link #divergence}, which was called before. */
    void addGradient(Elements gradients, double scale) {
      for (int v = 0; v < VIEWS; v++) {
        for (int c = 0; c < classes; c++) {
          double own = ratio(v, c) - StrictMath.exp(logs[v][c]) * divergences[v];
          long at = rows[v] + c;
          gradients.put(at, gradients.get(at) + scale * own / VIEWS);
        }
      }
    }
  }
}
