package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.loss.CrossEntropy;
import org.convoy.loss.Targets;
import org.convoy.task.Target;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Losses of several outputs are held to those of each output alone. */
final class OutputLossesTest {
  private static final CrossEntropy LOSS = new CrossEntropy(0);
  private static final Targets TARGETS = Targets.classes(new int[] {2, 0});
  private static final float[] ONES = {1, 1};
  private static final SampleWeights WEIGHTS = SampleWeights.alike(ONES);

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
          LOSS.evaluate(main, TARGETS, ONES, mainGradient)
              + 0.3 * LOSS.evaluate(auxiliary, TARGETS, ONES, auxiliaryGradient);
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

  /** A sample of weight 3 counts as it would three times in a batch of four, divided by two. */
  @Test
  void classWeightsMultiplyTheLossOfASample() {
    Graph graph = Value.input(Shape.of(4)).linear("fc", 3).graph("net");
    List<Target> samples = List.of(new Target.Label(2), new Target.Label(0));
    SampleWeights weights =
        SampleWeights.of(ONES, samples, new double[] {3, 1, 0.5}, 1, new int[] {1, 0});
    try (INDArray output = rows(0.5f, -1, 2, 0, 1, -3);
        INDArray gradient = rows(0, 0, 0, 0, 0, 0);
        OutputLosses losses = new OutputLosses(graph, 2, LOSS)) {
      double first = LOSS.evaluate(output, TARGETS, new float[] {1, 0}, gradient);
      INDArray firstGradient = gradient.dup();
      double second = LOSS.evaluate(output, TARGETS, new float[] {0, 1}, gradient);
      INDArray expected = firstGradient.mul(0.5).addi(gradient.mul(3)).divi(2);
      assertEquals(
          (0.5 * first + 3 * second) / 2,
          losses.evaluate(output, TARGETS, weights, OutputLosses.Teaching.NONE),
          1e-12);
      for (int i = 0; i < 6; i++) {
        assertEquals(expected.getFloat(i), losses.gradient().getFloat(i), 1e-6f);
      }
    }
  }

  @Test
  void aMixedSampleHasTheMixedWeightAndASkippedOneNone() {
    List<Target> samples = List.of(new Target.Label(1), new Target.Label(0), new Target.Label(1));
    SampleWeights weights =
        SampleWeights.of(
            new float[] {1, 0, 1, 0}, samples, new double[] {4, 2}, 0.75, new int[] {2, 1, 1, 3});
    assertArrayEquals(new float[] {2, 0, 2.5f, 0}, weights.each());
    assertEquals(2.25, weights.mean());
  }

  private static INDArray rows(float... values) {
    return Nd4j.create(values, new long[] {2, 3}, 'c');
  }
}
