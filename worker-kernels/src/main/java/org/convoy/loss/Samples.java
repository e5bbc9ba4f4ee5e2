package org.convoy.loss;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A batch's outputs, targets and gradients, one sample at a time. An element of a sample is
 * addressed by its class and its position, which is 0 where the output has no height and width.
 */
final class Samples {

  /** The loss of one sample. */
  @FunctionalInterface
  interface SampleLoss {
    /**
     * Writes the gradient of every element of the current sample.
     *
     * @param share factor for the sample's gradient
     * @return the sample's loss, without the factor
     */
    double evaluate(Samples sample, double share);
  }

  /** The targets by sample, class and position. */
  @FunctionalInterface
  private interface Aim {
    double at(int sample, int c, int position);
  }

  /** Elements of a batch below which other threads would cost more than they save. */
  private static final int LEAST_ON_THREADS = 1 << 12;

  private final int batch;
  private final int classes;
  private final int positions;
  private final Elements outputs;
  private final Elements gradients;
  private final Aim aim;
  private int sample;
  private long start;

  private Samples(INDArray output, Targets targets, float[] weights, INDArray gradient) {
    long[] shape = output.shape();
    if (shape.length < 2) {
      throw new IllegalArgumentException(
          "output: expected (batch, classes) or (batch, classes, height, width), got "
              + Arrays.toString(shape));
    }
    this.batch = Math.toIntExact(shape[0]);
    this.classes = Math.toIntExact(shape[1]);
    this.positions = Math.toIntExact(output.length() / shape[0] / shape[1]);
    sameShape("gradient", gradient, shape);
    if (weights.length != batch) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "weights: expected one for each of %d samples, got %d",
              batch,
              weights.length));
    }
    this.outputs = Elements.of("output", output);
    this.gradients = Elements.of("gradient", gradient);
    this.aim = aim(targets, weights, shape);
  }

  private Aim aim(Targets targets, float[] weights, long[] shape) {
    if (targets instanceof Targets.Classes known) {
      return oneHot(known, weights);
    } else if (targets instanceof Targets.Dense numbers) {
      return dense(numbers.values(), shape);
    }
    throw new IllegalArgumentException("targets: expected a target of each sample, got pairs");
  }

  /** The same batch, to be gone through by another thread. */
  private Samples(Samples other) {
    this.batch = other.batch;
    this.classes = other.classes;
    this.positions = other.positions;
    this.outputs = other.outputs;
    this.gradients = other.gradients;
    this.aim = other.aim;
  }

  private static void sameShape(String role, INDArray array, long[] shape) {
    if (!Arrays.equals(array.shape(), shape)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: expected the output's shape %s, got %s",
              role,
              Arrays.toString(shape),
              Arrays.toString(array.shape())));
    }
  }

  private Aim oneHot(Targets.Classes known, float[] weights) {
    known.check(batch, classes, positions, weights);
    int[] labels = known.labels();
    int size = positions;
    return (n, c, p) -> labels[n * size + p] == c ? 1 : 0;
  }

  private Aim dense(INDArray array, long[] shape) {
    sameShape("targets", array, shape);
    Elements values = Elements.of("targets", array);
    int rows = classes;
    int size = positions;
    return (n, c, p) -> values.get(((long) n * rows + c) * size + p);
  }

  /** The weighted mean of a loss over the samples, see {@link Loss#evaluate}. */
  static double weightedMean(
      INDArray output,
      Targets targets,
      float[] weights,
      INDArray gradient,
      int threads,
      SampleLoss loss) {
    double counted = Loss.counted(weights);
    Samples samples = new Samples(output, targets, weights, gradient);
    double[] losses = samples.losses(loss, weights, counted, threads);
    double total = 0;
    for (int n = 0; n < samples.batch; n++) {
      if (weights[n] != 0) {
        total += weights[n] * losses[n];
      }
    }
    return counted == 0 ? 0 : total / counted;
  }

  /** The loss of each sample that counts, 0 for the others; gradients are written. */
  private double[] losses(SampleLoss loss, float[] weights, double counted, int threads) {
    double[] losses = new double[batch];
    int together = batch * size() < LEAST_ON_THREADS ? 1 : Math.min(threads, batch);
    IntConsumer part =
        thread -> {
          Samples own = new Samples(this);
          int end = (int) ((long) batch * (thread + 1) / together);
          for (int n = (int) ((long) batch * thread / together); n < end; n++) {
            own.moveTo(n);
            if (weights[n] == 0) {
              own.clear();
            } else {
              losses[n] = loss.evaluate(own, weights[n] / counted);
            }
          }
        };
    if (together <= 1) {
      part.accept(0);
    } else {
      IntStream.range(0, together).parallel().forEach(part);
    }
    return losses;
  }

  private void moveTo(int n) {
    sample = n;
    start = (long) n * classes * positions;
  }

  private void clear() {
    long end = start + (long) classes * positions;
    for (long i = start; i < end; i++) {
      gradients.put(i, 0);
    }
  }

  int classes() {
    return classes;
  }

  int positions() {
    return positions;
  }

  /** The number of elements of a sample. */
  double size() {
    return (double) classes * positions;
  }

  double output(int c, int position) {
    return outputs.get(start + (long) c * positions + position);
  }

  double target(int c, int position) {
    return aim.at(sample, c, position);
  }

  void gradient(int c, int position, double value) {
    gradients.put(start + (long) c * positions + position, value);
  }
}
