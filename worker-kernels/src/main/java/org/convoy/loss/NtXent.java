package org.convoy.loss;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.convoy.settings.Checks;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The normalised temperature-scaled cross entropy of SimCLR (Chen et al. 2020, "A Simple Framework
 * for Contrastive Learning of Visual Representations", arXiv 2002.05709, equation 1). Each output
 * has to find the other view of its image among all outputs of the micro-batch:
 *
 * <pre>
 *   loss(i) = -log(exp(s(i, j) / T) / sum over k != i of exp(s(i, k) / T))
 * </pre>
 *
 * <p>s is the cosine of the angle between two outputs, j the other view. An image of which one view
 * does not count is left out with both. It is the only loss that couples samples, and it couples
 * those of one micro-batch: the number of executors has no part in it.
 *
 * @param temperature T, more than 0
 */
public record NtXent(double temperature) implements Loss {
  /** Checks the range. */
  public NtXent {
    new Checks().positive("temperature", temperature).done();
  }

  @Override
  public boolean takesClasses() {
    return false;
  }

  @Override
  public int views() {
    return 2;
  }

  @Override
  public double evaluate(
      INDArray output, Targets targets, float[] weights, INDArray gradient, int threads) {
    if (!(targets instanceof Targets.Pairs) || output.rank() != 2 || output.size(0) % 2 != 0) {
      throw new IllegalArgumentException(
          "nt-xent: expected two views of each image and an output (batch, features), got "
              + targets
              + " and "
              + Arrays.toString(output.shape()));
    }
    if (weights.length != output.size(0) || !Arrays.equals(output.shape(), gradient.shape())) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "nt-xent: expected weights and a gradient for outputs %s, got %d weights and %s",
              Arrays.toString(output.shape()),
              weights.length,
              Arrays.toString(gradient.shape())));
    }
    return new Views(output, weights).evaluate(temperature, gradient, threads);
  }

  /** The outputs that count, as vectors of length 1, the two views of an image side by side. */
  private static final class Views {
    private final int features;
    private final int[] places;
    private final double[][] units;
    private final double[] lengths;

    Views(INDArray output, float[] weights) {
      int images = weights.length / 2;
      this.features = Math.toIntExact(output.size(1));
      this.places =
          IntStream.range(0, images)
              .filter(i -> weights[i] > 0 && weights[i + images] > 0)
              .flatMap(i -> IntStream.of(i, i + images))
              .toArray();
      this.units = new double[places.length][features];
      this.lengths = new double[places.length];
      Elements outputs = Elements.of("output", output);
      for (int n = 0; n < places.length; n++) {
        double squares = 0;
        for (int c = 0; c < features; c++) {
          units[n][c] = outputs.get((long) places[n] * features + c);
          squares += units[n][c] * units[n][c];
        }
        lengths[n] = Math.max(Math.sqrt(squares), Double.MIN_NORMAL);
        for (int c = 0; c < features; c++) {
          units[n][c] /= lengths[n];
        }
      }
    }

    double evaluate(double temperature, INDArray gradient, int threads) {
      int count = places.length;
      double[] losses = new double[count];
      double[][] shares = new double[count][count];
      IntStream rows = IntStream.range(0, count);
      (threads > 1 ? rows.parallel() : rows)
          .forEach(n -> losses[n] = row(n, temperature, shares[n]));
      Elements gradients = Elements.of("gradient", gradient);
      for (long i = 0; i < gradient.length(); i++) {
        gradients.put(i, 0);
      }
      double scale = count == 0 ? 0 : 1 / (temperature * count);
      IntStream all = IntStream.range(0, count);
      (threads > 1 ? all.parallel() : all).forEach(n -> gradient(n, scale, shares, gradients));
      return count == 0 ? 0 : Arrays.stream(losses).sum() / count;
    }

    /**
     * The loss of one output.
     *
     * @param shares is overwritten with the derivatives of the loss by the scaled cosines
     */
    private double row(int n, double temperature, double[] shares) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < shares.length; k++) {
        double cosine = 0;
        for (int c = 0; c < features; c++) {
          cosine += units[n][c] * units[k][c];
        }
        shares[k] = cosine / temperature;
        largest = k == n ? largest : Math.max(largest, shares[k]);
      }
      double sum = 0;
      for (int k = 0; k < shares.length; k++) {
        sum += k == n ? 0 : StrictMath.exp(shares[k] - largest);
      }
      int other = n ^ 1;
      double logSum = StrictMath.log(sum) + largest;
      double loss = logSum - shares[other];
      for (int k = 0; k < shares.length; k++) {
        shares[k] = k == n ? 0 : StrictMath.exp(shares[k] - logSum) - (k == other ? 1 : 0);
      }
      return loss;
    }

    private void gradient(int n, double scale, double[][] shares, Elements gradients) {
      double[] byUnit = new double[features];
      for (int k = 0; k < places.length; k++) {
        double share = shares[n][k] + shares[k][n];
        for (int c = 0; c < features; c++) {
          byUnit[c] += share * units[k][c];
        }
      }
      double along = 0;
      for (int c = 0; c < features; c++) {
        along += byUnit[c] * units[n][c];
      }
      for (int c = 0; c < features; c++) {
        double value = scale * (byUnit[c] - along * units[n][c]) / lengths[n];
        gradients.put((long) places[n] * features + c, value);
      }
    }
  }
}
