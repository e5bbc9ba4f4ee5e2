package org.convoy.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class CrossEntropyTest {
  private static final INDArray LOGITS =
      Nd4j.createFromArray(new double[][] {{1, 2, 3}, {0, -1, 4}, {2, 2, 2}});
  private static final Targets LABELS = Targets.classes(2, 0, 1);

  private static double evaluate(double smoothing, INDArray gradient, float... weights) {
    return new CrossEntropy(smoothing).evaluate(LOGITS, LABELS, weights, gradient);
  }

  /** log(e + e^2 + e^3) - 3, log(1 + 1/e + e^4) - 0, log 3. */
  @Test
  void isTheMeanOfNegativeLogProbabilities() {
    double first = Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3)) - 3;
    double second = Math.log(1 + Math.exp(-1) + Math.exp(4));
    double expected = (first + second + Math.log(3)) / 3;
    assertEquals(expected, evaluate(0, LOGITS.like(), 1, 1, 1), 1e-14);
  }

  /**
   * torch.nn.functional.cross_entropy(..., label_smoothing=0.3): 0.7 on the label, 0.1 on each of
   * three classes.
   */
  @Test
  void smoothingSpreadsOverAllClasses() {
    double logSum = Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3));
    double expected = 0.1 * (logSum - 1) + 0.1 * (logSum - 2) + 0.8 * (logSum - 3);
    assertEquals(expected, evaluate(0.3, LOGITS.like(), 1, 0, 0), 1e-14);
  }

  @Test
  void weightsShareTheMean() {
    double first = evaluate(0.1, LOGITS.like(), 1, 0, 0);
    double second = evaluate(0.1, LOGITS.like(), 0, 1, 0);
    assertEquals((3 * first + second) / 4, evaluate(0.1, LOGITS.like(), 3, 1, 0), 1e-14);
  }

  @Test
  void aSampleThatDoesNotCountHasNoGradient() {
    INDArray gradient = Nd4j.valueArrayOf(new long[] {3, 3}, 9.0, DataType.DOUBLE);
    evaluate(0.1, gradient, 1, 0, 1);
    assertArrayEquals(new double[3], gradient.getRow(1).toDoubleVector());
    assertEquals(0, evaluate(0.1, gradient, 0, 0, 0));
    assertEquals(0, gradient.norm2Number().doubleValue());
  }

  @Test
  void gradientIsTheDifferenceQuotient() {
    INDArray gradient = LOGITS.like();
    float[] weights = {1, 0.5f, 2};
    Loss loss = new CrossEntropy(0.2);
    loss.evaluate(LOGITS, LABELS, weights, gradient);
    double step = 1e-6;
    for (int n = 0; n < 3; n++) {
      for (int c = 0; c < 3; c++) {
        INDArray moved = LOGITS.dup();
        moved.putScalar(n, c, LOGITS.getDouble(n, c) + step);
        double above = loss.evaluate(moved, LABELS, weights, LOGITS.like());
        moved.putScalar(n, c, LOGITS.getDouble(n, c) - step);
        double below = loss.evaluate(moved, LABELS, weights, LOGITS.like());
        assertEquals((above - below) / (2 * step), gradient.getDouble(n, c), 1e-9);
      }
    }
  }

  @Test
  void largeLogitsDoNotOverflow() {
    INDArray logits = Nd4j.createFromArray(new double[][] {{1e4, 0, -1e4}});
    INDArray gradient = logits.like();
    double loss =
        new CrossEntropy(0).evaluate(logits, Targets.classes(1), new float[] {1}, gradient);
    assertEquals(1e4, loss, 1e-9);
    assertArrayEquals(new double[] {1, -1, 0}, gradient.getRow(0).toDoubleVector(), 1e-12);
  }

  @Test
  void smoothingStaysBelowOne() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> new CrossEntropy(1)).getMessage();
    assertEquals("label-smoothing: expected zero or more and less than one, got 1", message);
  }
}
