package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.loss.CrossEntropy;
import org.convoy.loss.Targets;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Losses of several outputs are held to those of each output alone. */
final class OutputLossesTest {
  private static final CrossEntropy LOSS = new CrossEntropy(0);
  private static final Targets TARGETS = Targets.classes(new int[] {2, 0});
  private static final float[] WEIGHTS = {1, 1};

  @Test
  void theLossIsTheWeightedSumAndEachOutputGetsItsGradient() {
    Value input = Value.input(Shape.of(4));
    Graph graph = input.linear("fc", 3).graph("net", 0.3, input.linear("aux", 3));
    try (INDArray main = rows(0.5f, -1, 2, 0, 1, -3);
        INDArray auxiliary = rows(-2, 0.25f, 1, 3, -1, 0);
        INDArray mainGradient = rows(0, 0, 0, 0, 0, 0);
        INDArray auxiliaryGradient = rows(0, 0, 0, 0, 0, 0);
        OutputLosses losses = new OutputLosses(graph, 2, LOSS);
        INDArray joint = Nd4j.concat(1, main, auxiliary)) {
      double expected =
          LOSS.evaluate(main, TARGETS, WEIGHTS, mainGradient)
              + 0.3 * LOSS.evaluate(auxiliary, TARGETS, WEIGHTS, auxiliaryGradient);
      assertEquals(
          expected, losses.evaluate(joint, TARGETS, WEIGHTS, OutputLosses.Teaching.NONE), 1e-12);
      float[][] gradient = losses.gradient().toFloatMatrix();
      for (int row = 0; row < 2; row++) {
        for (int column = 0; column < 3; column++) {
          assertEquals(mainGradient.getFloat(row, column), gradient[row][column]);
          assertEquals(
              0.3f * auxiliaryGradient.getFloat(row, column), gradient[row][3 + column], 1e-7f);
        }
      }
      assertArrayEquals(new long[] {2, 6}, losses.gradient().shape());
    }
  }

  private static INDArray rows(float... values) {
    return Nd4j.create(values, new long[] {2, 3}, 'c');
  }
}
