package org.convoy.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.convoy.graph.Draws;
import org.convoy.settings.InvalidSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The loss of a student beside its teacher. */
final class DistillationTest {
  private static final double STEP = 1e-5;
  private static final long[] SHAPE = {3, 4, 2, 1};
  private static final float[] WEIGHTS = {0.5f, 0, 2};

  private static INDArray draw(String name) {
    INDArray array = Nd4j.create(DataType.DOUBLE, SHAPE, 'c');
    Draws draws = new Draws(7, name);
    for (long i = 0; i < array.length(); i++) {
      array.data().put(i, 6 * draws.uniform(i) - 3);
    }
    return array;
  }

  private static INDArray gradient() {
    return Nd4j.create(DataType.DOUBLE, SHAPE, 'c');
  }

  /** The whole loss, hard part and soft part, and its gradient. */
  private static double evaluate(Distillation distillation, INDArray output, INDArray gradient) {
    Targets labels = Targets.classes(1, 3, 0, 0, 2, 1);
    double hard = new CrossEntropy(0.1).evaluate(output, labels, WEIGHTS, gradient, 1);
    INDArray softGradient = gradient();
    double soft = distillation.soft(output, draw("teacher"), WEIGHTS, softGradient, 2);
    distillation.mix(gradient, softGradient);
    return distillation.mix(hard, soft);
  }

  @ParameterizedTest
  @CsvSource({"1, 0.5", "2, 0.5", "4, 1", "0.5, 0.3", "3, 0"})
  void theGradientIsThatOfTheLoss(double temperature, double weight) {
    Distillation distillation = new Distillation(temperature, weight);
    INDArray output = draw("student");
    INDArray gradient = gradient();
    evaluate(distillation, output, gradient);
    for (long i = 0; i < output.length(); i++) {
      double value = output.data().getDouble(i);
      output.data().put(i, value + STEP);
      double above = evaluate(distillation, output, gradient());
      output.data().put(i, value - STEP);
      double below = evaluate(distillation, output, gradient());
      output.data().put(i, value);
      assertEquals((above - below) / (2 * STEP), gradient.data().getDouble(i), 1e-8);
    }
  }

  /** By hand: teacher (ln 3, 0) and student (0, 0) at T = 1: 3/4 ln(3/2) + 1/4 ln(1/2). */
  @Test
  void theValueIsTheDivergence() {
    INDArray teacher = Nd4j.createFromArray(new double[][] {{Math.log(3), 0}});
    INDArray student = Nd4j.createFromArray(new double[][] {{0.0, 0}});
    INDArray gradient = Nd4j.create(DataType.DOUBLE, new long[] {1, 2}, 'c');
    float[] one = {1};
    double expected = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
    assertEquals(expected, new Distillation(1, 1).soft(student, teacher, one, gradient, 1), 1e-12);
    assertEquals(-0.25, gradient.getDouble(0, 0), 1e-12);
    INDArray twice = teacher.mul(2);
    assertEquals(
        4 * expected, new Distillation(2, 1).soft(student, twice, one, gradient, 1), 1e-12);
  }

  @Test
  void whoAgreesWithTheTeacherLosesNothing() {
    INDArray teacher = draw("teacher").muli(1e3);
    INDArray gradient = gradient();
    double soft = new Distillation(0.01, 1).soft(teacher.add(5), teacher, WEIGHTS, gradient, 1);
    assertEquals(0, soft, 1e-9);
    assertEquals(0, gradient.norm2Number().doubleValue(), 1e-9);
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThrows(InvalidSettings.class, () -> new Distillation(0, 0.5));
    assertThrows(InvalidSettings.class, () -> new Distillation(2, 1.5));
  }
}
