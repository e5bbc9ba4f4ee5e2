package org.convoy.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.convoy.graph.Draws;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Properties of every loss: its gradient, its weights, its kinds of targets, its refusals. */
class LossContractTest {
  private static final long SEED = Long.getLong("seed", 20_260_101L);
  private static final double STEP = 1e-5;
  private static final long[] FLAT = {3, 5};
  private static final long[] SPATIAL = {2, 3, 4, 5};
  private static final long GARBAGE_BYTES = 4096;

  static Stream<Loss> losses() {
    return Stream.of(
        new CrossEntropy(0),
        new CrossEntropy(0.2),
        new BinaryCrossEntropy(0, 1),
        new BinaryCrossEntropy(0.1, 3),
        new Focal(0.25, 2),
        new Focal(0.7, 0.5),
        new Focal(0.5, 0),
        new Dice(1),
        new Dice(1e-3),
        new SmoothL1(1),
        new SmoothL1(0.3),
        new MeanSquaredError());
  }

  static Stream<Loss> lossesOfClasses() {
    return losses().filter(Loss::takesClasses);
  }

  private static INDArray draw(String name, double low, double high, long... shape) {
    INDArray array = Nd4j.create(DataType.DOUBLE, shape, 'c');
    Draws draws = new Draws(SEED, name);
    for (long i = 0; i < array.length(); i++) {
      array.data().put(i, low + (high - low) * draws.uniform(i));
    }
    return array;
  }

  private static float[] weights(long batch) {
    float[] weights = new float[(int) batch];
    for (int n = 0; n < batch; n++) {
      weights[n] = 0.5f + n;
    }
    return weights;
  }

  /** Labels for a shape, with a different class at each position. */
  private static Targets.Classes classes(long[] shape) {
    int positions = (int) Arrays.stream(shape).skip(2).reduce(1, (a, b) -> a * b);
    int[] labels = new int[(int) shape[0] * positions];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (int) ((3 * i + 1) % shape[1]);
    }
    return new Targets.Classes(labels);
  }

  private static INDArray oneHot(Targets.Classes classes, long[] shape) {
    INDArray dense = Nd4j.create(DataType.DOUBLE, shape, 'c');
    long positions = dense.length() / shape[0] / shape[1];
    for (int i = 0; i < classes.labels().length; i++) {
      long sample = i / positions;
      long place = i % positions;
      dense.data().put((sample * shape[1] + classes.labels()[i]) * positions + place, 1.0);
    }
    return dense;
  }

  private static double[] values(INDArray array) {
    return array.reshape(array.length()).toDoubleVector();
  }

  /** Many samples, so that threads share them; one does not count. */
  @ParameterizedTest
  @MethodSource("losses")
  void anyNumberOfThreadsGivesTheSameBytes(Loss loss) {
    long[] shape = {37, 13, 5, 3};
    INDArray output = draw("many outputs", -30, 30, shape).castTo(DataType.FLOAT);
    Targets targets = Targets.dense(draw("many targets", 0, 1, shape));
    float[] weights = weights(shape[0]);
    weights[17] = 0;
    INDArray gradient = output.like();
    double value = loss.evaluate(output, targets, weights, gradient);
    for (int threads : new int[] {2, 3, 7, 64}) {
      INDArray again = output.like();
      assertEquals(value, loss.evaluate(output, targets, weights, again, threads));
      assertArrayEquals(gradient.data().asFloat(), again.data().asFloat(), threads + " threads");
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void gradientIsTheDifferenceQuotient(Loss loss) {
    for (long[] shape : new long[][] {FLAT, SPATIAL}) {
      INDArray output = draw("output", -3, 3, shape);
      Targets targets = Targets.dense(draw("target", 0, 1, shape));
      float[] weights = weights(shape[0]);
      INDArray gradient = output.like();
      loss.evaluate(output, targets, weights, gradient);
      INDArray unused = output.like();
      for (long i = 0; i < output.length(); i++) {
        double start = output.data().getDouble(i);
        output.data().put(i, start + STEP);
        double above = loss.evaluate(output, targets, weights, unused);
        output.data().put(i, start - STEP);
        double below = loss.evaluate(output, targets, weights, unused);
        output.data().put(i, start);
        double measured = (above - below) / (2 * STEP);
        String element =
            String.format(
                Locale.ROOT, "element %d of %s, seed %d", i, Arrays.toString(shape), SEED);
        assertEquals(measured, gradient.data().getDouble(i), 1e-9, element);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("lossesOfClasses")
  void classesAreOneHotTargets(Loss loss) {
    for (long[] shape : new long[][] {FLAT, SPATIAL}) {
      INDArray output = draw("output", -3, 3, shape);
      INDArray byClass = output.like();
      INDArray byNumber = output.like();
      Targets.Classes classes = classes(shape);
      float[] weights = weights(shape[0]);
      Targets dense = Targets.dense(oneHot(classes, shape));
      assertEquals(
          loss.evaluate(output, dense, weights, byNumber),
          loss.evaluate(output, classes, weights, byClass));
      assertArrayEquals(values(byNumber), values(byClass));
      assertTrue(byClass.norm2Number().doubleValue() > 0);
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void weightsShareTheMean(Loss loss) {
    INDArray output = draw("output", -3, 3, FLAT);
    Targets targets = Targets.dense(draw("target", 0, 1, FLAT));
    INDArray gradient = output.like();
    double first = loss.evaluate(output, targets, new float[] {1, 0, 0}, gradient);
    INDArray firstGradient = gradient.getRow(0).dup();
    double second = loss.evaluate(output, targets, new float[] {0, 7, 0}, gradient);
    double both = loss.evaluate(output, targets, new float[] {3, 1, 0}, gradient);
    assertEquals((3 * first + second) / 4, both, 1e-14);
    assertArrayEquals(values(firstGradient.mul(0.75)), values(gradient.getRow(0).dup()), 1e-15);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void aSampleThatDoesNotCountIsNotRead(Loss loss) {
    INDArray output = draw("output", -3, 3, FLAT);
    output.getRow(1).assign(Double.NaN);
    Targets targets = Targets.dense(draw("target", 0, 1, FLAT));
    INDArray gradient = Nd4j.valueArrayOf(FLAT, 9.0, DataType.DOUBLE);
    assertTrue(Double.isFinite(loss.evaluate(output, targets, new float[] {1, 0, 1}, gradient)));
    assertArrayEquals(new double[5], gradient.getRow(1).toDoubleVector());
    assertTrue(gradient.getRow(0).norm2Number().doubleValue() > 0);
    assertEquals(0, loss.evaluate(output, targets, new float[3], gradient));
    assertEquals(0, gradient.norm2Number().doubleValue());
  }

  @ParameterizedTest
  @MethodSource("losses")
  void hugeOutputsStayFinite(Loss loss) {
    INDArray output = Nd4j.createFromArray(new double[][] {{1e4, -1e4, 0, 800, -800}});
    for (double target : new double[] {0, 0.5, 1}) {
      INDArray gradient = output.like();
      Targets targets = Targets.dense(Nd4j.valueArrayOf(output.shape(), target, DataType.DOUBLE));
      double value = loss.evaluate(output, targets, new float[] {1}, gradient);
      assertTrue(Double.isFinite(value) && value >= 0, "loss " + value);
      for (double derivative : values(gradient)) {
        assertTrue(Double.isFinite(derivative), gradient::toString);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void float32IsRoundedOnce(Loss loss) {
    INDArray single = draw("output", -3, 3, FLAT).castTo(DataType.FLOAT);
    INDArray twice = single.castTo(DataType.DOUBLE);
    INDArray targets = draw("target", 0, 1, FLAT).castTo(DataType.FLOAT);
    INDArray rounded = single.like();
    INDArray exact = twice.like();
    float[] weights = weights(3);
    assertEquals(
        loss.evaluate(twice, Targets.dense(targets.castTo(DataType.DOUBLE)), weights, exact),
        loss.evaluate(single, Targets.dense(targets), weights, rounded));
    assertArrayEquals(values(exact.castTo(DataType.FLOAT)), values(rounded));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void mismatchedShapesAreRefused(Loss loss) {
    INDArray output = draw("output", -3, 3, FLAT);
    Targets targets = Targets.dense(draw("target", 0, 1, FLAT));
    refused(
        "targets: expected the output's shape [3, 5], got [5, 3]",
        () ->
            loss.evaluate(
                output, Targets.dense(draw("target", 0, 1, 5, 3)), weights(3), output.like()));
    refused(
        "gradient: expected the output's shape [3, 5], got [3, 4]",
        () -> loss.evaluate(output, targets, weights(3), Nd4j.create(DataType.DOUBLE, 3, 4)));
    refused(
        "weights: expected one for each of 3 samples, got 2",
        () -> loss.evaluate(output, targets, weights(2), output.like()));
    refused(
        "weights: expected finite and >= 0, got -1.0",
        () -> loss.evaluate(output, targets, new float[] {1, -1, 1}, output.like()));
    refused(
        "gradient: expected dense in C order, got f order",
        () ->
            loss.evaluate(
                output, targets, weights(3), Nd4j.create(DataType.DOUBLE, new long[] {3, 5}, 'f')));
  }

  @ParameterizedTest
  @MethodSource("lossesOfClasses")
  void labelsAreClasses(Loss loss) {
    INDArray output = draw("output", -3, 3, FLAT);
    refused(
        "labels: expected classes from 0 to 4, got 5 of sample 1",
        () -> loss.evaluate(output, Targets.classes(0, 5, 1), weights(3), output.like()));
    refused(
        "labels: expected 3 of 3 samples, got 2",
        () -> loss.evaluate(output, Targets.classes(0, 1), weights(3), output.like()));
    float[] oneAside = {1, 0, 1};
    double value = loss.evaluate(output, Targets.classes(0, -1, 1), oneAside, output.like());
    assertTrue(Double.isFinite(value));
  }

  private static void refused(String message, Runnable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }

  /** An evaluation makes almost no garbage, for any size of the output. */
  @ParameterizedTest
  @MethodSource("losses")
  void garbageDoesNotGrowWithTheOutput(Loss loss) {
    long[] shape = {2, 1000, 8, 8};
    INDArray output = draw("output", -3, 3, shape).castTo(DataType.FLOAT);
    INDArray gradient = output.like();
    Targets targets = Targets.dense(draw("target", 0, 1, shape).castTo(DataType.FLOAT));
    float[] weights = weights(2);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long bytes = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      loss.evaluate(output, targets, weights, gradient);
      bytes = Math.min(bytes, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertTrue(bytes <= GARBAGE_BYTES, bytes + " bytes");
  }
}
