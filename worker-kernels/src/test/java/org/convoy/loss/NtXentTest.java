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

/** The loss of pairs of views. */
final class NtXentTest {
  private static final int IMAGES = 5;
  private static final int FEATURES = 7;
  private static final double STEP = 1e-6;

  /** The formula of the paper, term by term. */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 2})
  void valuesFollowTheFormula(double temperature) {
    INDArray output = draw();
    double expected = 0;
    for (int i = 0; i < 2 * IMAGES; i++) {
      double sum = 0;
      for (int k = 0; k < 2 * IMAGES; k++) {
        sum += k == i ? 0 : Math.exp(cosine(output, i, k) / temperature);
      }
      int other = (i + IMAGES) % (2 * IMAGES);
      expected -= Math.log(Math.exp(cosine(output, i, other) / temperature) / sum);
    }
    assertEquals(expected / (2 * IMAGES), loss(temperature, output, all()), 1e-12);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 2})
  void theGradientIsThatOfFiniteDifferences(double temperature) {
    INDArray output = draw();
    float[] weights = all();
    weights[2 + IMAGES] = 0; // the image is left out with both views
    INDArray gradient = Nd4j.create(DataType.DOUBLE, output.shape());
    new NtXent(temperature).evaluate(output, Targets.pairs(), weights, gradient);
    for (long i = 0; i < output.length(); i++) {
      double at = output.getDouble(i);
      double above = loss(temperature, output.putScalar(i, at + STEP), weights);
      double below = loss(temperature, output.putScalar(i, at - STEP), weights);
      output.putScalar(i, at);
      assertEquals((above - below) / (2 * STEP), gradient.getDouble(i), 1e-8, "element " + i);
    }
    for (int c = 0; c < FEATURES; c++) {
      assertEquals(0, gradient.getDouble(2, c));
      assertEquals(0, gradient.getDouble(2 + IMAGES, c));
    }
  }

  @Test
  void theResultDoesNotDependOnThreads() {
    INDArray output = draw();
    INDArray one = Nd4j.create(DataType.DOUBLE, output.shape());
    INDArray four = Nd4j.create(DataType.DOUBLE, output.shape());
    NtXent loss = new NtXent(0.5);
    assertEquals(
        loss.evaluate(output, Targets.pairs(), all(), one, 1),
        loss.evaluate(output, Targets.pairs(), all(), four, 4));
    assertEquals(one, four);
  }

  @Test
  void equalViewsOfDifferentImagesAreNearZero() {
    INDArray output = Nd4j.zeros(DataType.DOUBLE, 2L * IMAGES, FEATURES);
    for (int i = 0; i < 2 * IMAGES; i++) {
      output.putScalar(i, i % IMAGES, 3);
    }
    assertTrue(loss(0.001, output, all()) < 1e-12);
    assertEquals(0, loss(0.5, output, new float[2 * IMAGES]));
    assertTrue(Double.isFinite(loss(0.5, output.assign(0), all())));
  }

  @Test
  void otherTargetsAndOddBatchesAreRefused() {
    INDArray output = draw();
    NtXent loss = new NtXent(0.5);
    assertThrows(
        IllegalArgumentException.class,
        () -> loss.evaluate(output, Targets.classes(1, 2), all(), output.dup()));
    INDArray odd = Nd4j.zeros(DataType.DOUBLE, 3, FEATURES);
    assertThrows(
        IllegalArgumentException.class,
        () -> loss.evaluate(odd, Targets.pairs(), new float[3], odd.dup()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new CrossEntropy(0).evaluate(output, Targets.pairs(), all(), output.dup()));
  }

  private static double loss(double temperature, INDArray output, float[] weights) {
    INDArray gradient = Nd4j.create(DataType.DOUBLE, output.shape());
    return new NtXent(temperature).evaluate(output, Targets.pairs(), weights, gradient);
  }

  private static float[] all() {
    float[] weights = new float[2 * IMAGES];
    Arrays.fill(weights, 1);
    return weights;
  }

  private static INDArray draw() {
    INDArray array = Nd4j.create(DataType.DOUBLE, new long[] {2 * IMAGES, FEATURES}, 'c');
    Draws draws = new Draws(7, "views");
    for (long i = 0; i < array.length(); i++) {
      array.data().put(i, 2 * draws.uniform(i) - 1);
    }
    return array;
  }

  private static double cosine(INDArray output, int a, int b) {
    double product = 0;
    double left = 0;
    double right = 0;
    for (int c = 0; c < FEATURES; c++) {
      product += output.getDouble(a, c) * output.getDouble(b, c);
      left += output.getDouble(a, c) * output.getDouble(a, c);
      right += output.getDouble(b, c) * output.getDouble(b, c);
    }
    return product / Math.sqrt(left * right);
  }
}
