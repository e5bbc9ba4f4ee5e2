package org.convoy.explanation;

import java.io.IOException;
import java.util.Map;

/**
 * Integrated gradients (Sundararajan et al. 2017, equation 1): the difference between the image and
 * a black one, times the mean gradient of the class's output on the straight line between them. The
 * mean is taken at the middle of equal steps, and channels are added up.
 *
 * <p>Completeness: the sum over all positions approaches the output for the image minus that for
 * the black one. The figures {@code sum} and {@code difference} state both.
 *
 * @param steps gradients on the line
 */
public record IntegratedGradients(int steps) implements Explanation {
  static final String NAME = "integrated-gradients";
  private static final int TOGETHER = 8;

  /** The steps must be a positive number. */
  public IntegratedGradients {
    if (steps < 1) {
      throw new IllegalArgumentException("steps: expected at least 1, got " + steps);
    }
  }

  /** With 64 steps; the paper takes 20 to 300. */
  public static IntegratedGradients standard() {
    return new IntegratedGradients(64);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Explainer open(ImageNetwork network) throws IOException {
    int batch = Math.min(TOGETHER, steps);
    return new Line(network, network.differentiable(network.graph(), batch), steps);
  }

  private record Line(ImageNetwork network, Computation computation, int steps)
      implements Explainer {

    @Override
    public Attribution explain(float[] image, int label) {
      float[] black = network.black();
      double[] mean = meanGradient(image, black, label);
      int positions = network.positions();
      float[] values = new float[positions];
      double sum = 0;
      for (int i = 0; i < image.length; i++) {
        double part = (image[i] - black[i]) * mean[i];
        values[i % positions] += (float) part;
        sum += part;
      }
      double difference = computation.forward(image)[label] - computation.forward(black)[label];
      return Attribution.of(
          network.preprocessing().height(),
          network.preprocessing().width(),
          values,
          Map.of("sum", sum, "difference", difference));
    }

    private double[] meanGradient(float[] image, float[] black, int label) {
      double[] mean = new double[image.length];
      float[] wanted = computation.only(label);
      for (int first = 0; first < steps; first += computation.batch()) {
        int count = Math.min(computation.batch(), steps - first);
        float[] points = new float[count * image.length];
        for (int k = 0; k < count; k++) {
          double share = (first + k + 0.5) / steps;
          for (int i = 0; i < image.length; i++) {
            points[k * image.length + i] = (float) (black[i] + share * (image[i] - black[i]));
          }
        }
        computation.forward(points);
        float[] gradients = computation.inputGradient(wanted, count);
        for (int i = 0; i < gradients.length; i++) {
          mean[i % image.length] += gradients[i] / (double) steps;
        }
      }
      return mean;
    }

    @Override
    public void close() {
      computation.close();
    }
  }
}
