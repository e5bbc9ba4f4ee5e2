package org.convoy.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Small values, written out by hand from the definitions. */
class LossValuesTest {
  /** Two outputs whose sigmoids are 3/4 and 1/5. */
  private static final INDArray LOGITS =
      Nd4j.createFromArray(new double[][] {{Math.log(3), -Math.log(4)}});

  private static final float[] ONE = {1};

  private static INDArray row(double... values) {
    return Nd4j.createFromArray(new double[][] {values});
  }

  private static void check(
      double value, double[] expectedGradient, Loss loss, INDArray output, INDArray targets) {
    INDArray gradient = output.like();
    assertEquals(value, loss.evaluate(output, Targets.dense(targets), ONE, gradient), 1e-14);
    assertArrayEquals(expectedGradient, gradient.getRow(0).toDoubleVector(), 1e-14);
  }

  /** A mixture of 0.7 cat and 0.3 dog, as in mixup. */
  @Test
  void crossEntropyOfADistribution() {
    INDArray logits = row(1, 2, 3);
    double sum = Math.exp(1) + Math.exp(2) + Math.exp(3);
    check(
        Math.log(sum) - 0.7 * 1 - 0.3 * 3,
        new double[] {Math.exp(1) / sum - 0.7, Math.exp(2) / sum, Math.exp(3) / sum - 0.3},
        new CrossEntropy(0),
        logits,
        row(0.7, 0, 0.3));
  }

  /** Torch takes weights of classes that do not sum to one as they are. */
  @Test
  void crossEntropyOfWeightsThatAreNoDistribution() {
    double sum = Math.exp(1) + Math.exp(2);
    check(
        2 * (Math.log(sum) - 1) + Math.log(sum) - 2,
        new double[] {3 * Math.exp(1) / sum - 2, 3 * Math.exp(2) / sum - 1},
        new CrossEntropy(0),
        row(1, 2),
        row(2, 1));
  }

  @Test
  void crossEntropyAtPositionsIsTheirMean() {
    INDArray output =
        Nd4j.createFromArray(new double[] {1, 0, 2, 0}).reshape('c', 1, 2, 1, 2).dup('c');
    INDArray gradient = output.like();
    double loss = new CrossEntropy(0).evaluate(output, Targets.classes(1, 0), ONE, gradient);
    double first = Math.log(Math.exp(1) + Math.exp(2)) - 2;
    assertEquals((first + Math.log(2)) / 2, loss, 1e-14);
    double share = Math.exp(1) / (Math.exp(1) + Math.exp(2));
    assertArrayEquals(
        new double[] {share / 2, -0.25, -share / 2, 0.25},
        gradient.reshape(4).toDoubleVector(),
        1e-14);
  }

  @Test
  void binaryCrossEntropy() {
    check(
        -(Math.log(0.75) + Math.log(0.8)) / 2,
        new double[] {(0.75 - 1) / 2, 0.2 / 2},
        new BinaryCrossEntropy(0, 1),
        LOGITS,
        row(1, 0));
  }

  /** torch's pos_weight = 3 multiplies the positive term alone. */
  @Test
  void binaryCrossEntropyOfRarePositives() {
    double first = -(3 * 0.9 * Math.log(0.75) + 0.1 * Math.log(0.25));
    double second = -(3 * 0.4 * Math.log(0.2) + 0.6 * Math.log(0.8));
    check(
        (first + second) / 2,
        new double[] {
          (0.1 * 0.75 - 3 * 0.9 * 0.25) / 2, (0.6 * 0.2 - 3 * 0.4 * 0.8) / 2,
        },
        new BinaryCrossEntropy(0, 3),
        LOGITS,
        row(0.9, 0.4));
  }

  /**
   * 0.2 of the label is spread over two classes: 0.9 and 0.1, as in timm's one-hot with smoothing.
   */
  @Test
  void binaryCrossEntropySmoothsAsTheSoftmaxDoes() {
    double first = -(0.9 * Math.log(0.75) + 0.1 * Math.log(0.25));
    double second = -(0.1 * Math.log(0.2) + 0.9 * Math.log(0.8));
    check(
        (first + second) / 2,
        new double[] {(0.75 - 0.9) / 2, (0.2 - 0.1) / 2},
        new BinaryCrossEntropy(0.2, 1),
        LOGITS,
        row(1, 0));
  }

  /** The formula of the paper: a positive at p = 0.75 and a negative at p = 0.2. */
  @Test
  void focal() {
    double first = -0.25 * 0.25 * 0.25 * Math.log(0.75);
    double second = -0.75 * 0.2 * 0.2 * Math.log(0.8);
    // d/dx of -a (1-p)^2 log p is a (1-p)^2 (2 p log p - (1-p)), and its mirror image.
    double firstDerivative = 0.25 * 0.25 * 0.25 * (2 * 0.75 * Math.log(0.75) - 0.25);
    double secondDerivative = -0.75 * 0.2 * 0.2 * (2 * 0.8 * Math.log(0.8) - 0.2);
    check(
        (first + second) / 2,
        new double[] {firstDerivative / 2, secondDerivative / 2},
        new Focal(0.25, 2),
        LOGITS,
        row(1, 0));
  }

  @Test
  void focalWithoutFocusIsHalfOfBinaryCrossEntropy() {
    INDArray targets = row(0.9, 0.4);
    INDArray half = LOGITS.like();
    INDArray whole = LOGITS.like();
    double expected =
        new BinaryCrossEntropy(0, 1).evaluate(LOGITS, Targets.dense(targets), ONE, whole);
    assertEquals(
        expected / 2, new Focal(0.5, 0).evaluate(LOGITS, Targets.dense(targets), ONE, half), 1e-15);
    assertArrayEquals(
        whole.mul(0.5).getRow(0).toDoubleVector(), half.getRow(0).toDoubleVector(), 1e-15);
  }

  /** Overlap 2 * 0.75, sizes 0.75^2 + 0.2^2 and 1, and epsilon 0.5 on both sides. */
  @Test
  void dice() {
    double above = 1.5 + 0.5;
    double below = 0.5625 + 0.04 + 1 + 0.5;
    double coefficient = above / below;
    check(
        1 - coefficient,
        new double[] {
          -(2 - coefficient * 2 * 0.75) / below * 0.75 * 0.25,
          coefficient * 2 * 0.2 / below * 0.2 * 0.8
        },
        new Dice(0.5),
        LOGITS,
        row(1, 0));
  }

  @Test
  void diceOfACorrectPredictionIsZero() {
    INDArray sure = row(800, -800);
    check(0, new double[2], new Dice(1), sure, row(1, 0));
    check(0, new double[2], new Dice(1), row(-800, -800), row(0, 0));
  }

  /** Distances 0.1 and 2, with a beta of 0.5. */
  @Test
  void smoothL1() {
    check(
        (0.1 * 0.1 / 2 / 0.5 + 2 - 0.25) / 2,
        new double[] {0.1 / 0.5 / 2, -1.0 / 2},
        new SmoothL1(0.5),
        row(1.1, 3),
        row(1, 5));
  }

  @Test
  void withoutBetaItIsTheDistance() {
    check(
        2.1 / 3,
        new double[] {1 / 3.0, -1 / 3.0, 0},
        new SmoothL1(0),
        row(1.1, 3, 7),
        row(1, 5, 7));
  }

  /** Distances 0.5 and 2. */
  @Test
  void meanSquaredError() {
    check((0.25 + 4) / 2, new double[] {0.5, -2}, new MeanSquaredError(), row(1.5, 3), row(1, 5));
  }

  /** Of three elements one is not to be restored. */
  @Test
  void whereThereIsNoNumberThereIsNoError() {
    check(
        (0.25 + 4) / 2,
        new double[] {0.5, 0, -2},
        new MeanSquaredError(),
        row(1.5, 7, 3),
        row(1, Double.NaN, 5));
    check(0, new double[] {0, 0}, new MeanSquaredError(), row(1, 2), row(Double.NaN, Double.NaN));
  }

  @Test
  void smoothL1HasNoClasses() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> new SmoothL1(1).evaluate(LOGITS, Targets.classes(0), ONE, LOGITS.like()))
            .getMessage();
    assertEquals("smooth L1: expected dense targets, got classes", message);
  }

  @Test
  void settingsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new BinaryCrossEntropy(1, 1));
    assertThrows(IllegalArgumentException.class, () -> new BinaryCrossEntropy(0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Focal(-0.1, 2));
    assertThrows(IllegalArgumentException.class, () -> new Focal(0.25, -1));
    assertThrows(IllegalArgumentException.class, () -> new Dice(0));
    assertThrows(IllegalArgumentException.class, () -> new SmoothL1(Double.NaN));
  }
}
