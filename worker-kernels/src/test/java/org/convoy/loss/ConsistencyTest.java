package org.convoy.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.convoy.graph.Draws;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The consistency loss of AugMix. */
final class ConsistencyTest {
  private static final int IMAGES = 4;
  private static final int VIEWS = 3;
  private static final int CLASSES = 5;
  private static final double STEP = 1e-6;
  private static final Targets TARGETS = Targets.classes(1, 4, 0, 2, 1, 4, 0, 2, 1, 4, 0, 2);

  /** The paper's formula, term by term, with probabilities as they are. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 1, 12})
  void valuesFollowTheFormula(double weight) {
    INDArray output = draw();
    double expected = 0;
    for (int image = 0; image < IMAGES; image++) {
      double[][] views = new double[VIEWS][];
      for (int v = 0; v < VIEWS; v++) {
        views[v] = softmax(output, v * IMAGES + image);
      }
      expected -= Math.log(views[0][new int[] {1, 4, 0, 2}[image]]);
      for (int v = 0; v < VIEWS; v++) {
        for (int c = 0; c < CLASSES; c++) {
          double mean = (views[0][c] + views[1][c] + views[2][c]) / VIEWS;
          expected += weight / VIEWS * views[v][c] * Math.log(views[v][c] / mean);
        }
      }
    }
    assertEquals(expected / IMAGES, loss(weight, output, all()), 1e-12);
  }

  /** By hand: certain of one, of another and of a third class: the divergence is the log of 3. */
  @Test
  void viewsThatDisagreeAreAsFarApartAsCanBe() {
    INDArray output = Nd4j.zeros(DataType.DOUBLE, VIEWS, CLASSES);
    for (int v = 0; v < VIEWS; v++) {
      output.putScalar(v, v, 1e4);
    }
    Targets first = Targets.classes(0, 0, 0);
    INDArray gradient = output.dup();
    double value = new Consistency(12, 0).evaluate(output, first, new float[] {1, 1, 1}, gradient);
    assertEquals(12 * Math.log(3), value, 1e-9);
    assertTrue(Double.isFinite(gradient.sumNumber().doubleValue()));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1})
  void theGradientIsThatOfFiniteDifferences(double labelSmoothing) {
    INDArray output = draw();
    float[] weights = all();
    weights[1] = 0; // one image does not count
    weights[2] = 2.5f;
    Loss loss = new Consistency(3, labelSmoothing);
    INDArray gradient = output.dup();
    loss.evaluate(output, TARGETS, weights, gradient);
    for (long i = 0; i < output.length(); i++) {
      double at = output.getDouble(i);
      double above = value(loss, output.putScalar(i, at + STEP), weights);
      double below = value(loss, output.putScalar(i, at - STEP), weights);
      output.putScalar(i, at);
      assertEquals((above - below) / (2 * STEP), gradient.getDouble(i), 1e-8, "element " + i);
    }
  }

  @Test
  void equalViewsLeaveTheCrossEntropy() {
    INDArray output = draw();
    for (int v = 1; v < VIEWS; v++) {
      for (int i = 0; i < IMAGES * CLASSES; i++) {
        output.putScalar((long) v * IMAGES * CLASSES + i, output.getDouble(i));
      }
    }
    assertEquals(loss(0, output, all()), loss(12, output, all()), 1e-12);
    assertEquals(0, loss(12, output, new float[VIEWS * IMAGES]));
  }

  @Test
  void theResultDoesNotDependOnThreads() {
    INDArray output = draw();
    INDArray one = output.dup();
    INDArray four = output.dup();
    Loss loss = new Consistency(12, 0);
    assertEquals(
        loss.evaluate(output, TARGETS, all(), one, 1),
        loss.evaluate(output, TARGETS, all(), four, 4));
    assertEquals(one, four);
  }

  @Test
  void validationIsByTheCrossEntropyOfOneView() {
    assertEquals(new CrossEntropy(0), new Consistency(12, 0.1).unsmoothed());
    assertEquals(1, new Consistency(12, 0.1).unsmoothed().views());
  }

  @Test
  void otherTargetsAndBatchesAreRefused() {
    INDArray output = draw();
    Loss loss = new Consistency(12, 0);
    assertThrows(
        IllegalArgumentException.class,
        () -> loss.evaluate(output, Targets.dense(output.dup()), all(), output.dup()));
    INDArray two = Nd4j.zeros(DataType.DOUBLE, 2, CLASSES);
    assertThrows(
        IllegalArgumentException.class,
        () -> loss.evaluate(two, Targets.classes(1, 1), new float[2], two.dup()));
  }

  private static double loss(double weight, INDArray output, float[] weights) {
    return value(new Consistency(weight, 0), output, weights);
  }

  private static double value(Loss loss, INDArray output, float[] weights) {
    return loss.evaluate(output, TARGETS, weights, output.dup());
  }

  private static float[] all() {
    float[] weights = new float[VIEWS * IMAGES];
    Arrays.fill(weights, 1);
    return weights;
  }

  private static double[] softmax(INDArray output, int row) {
    double[] powers = new double[CLASSES];
    for (int c = 0; c < CLASSES; c++) {
      powers[c] = Math.exp(output.getDouble(row, c));
    }
    double sum = Arrays.stream(powers).sum();
    return Arrays.stream(powers).map(power -> power / sum).toArray();
  }

  private static INDArray draw() {
    INDArray array = Nd4j.create(DataType.DOUBLE, new long[] {VIEWS * IMAGES, CLASSES}, 'c');
    Draws draws = new Draws(5, "views");
    for (long i = 0; i < array.length(); i++) {
      array.data().put(i, 4 * draws.uniform(i) - 2);
    }
    return array;
  }
}
