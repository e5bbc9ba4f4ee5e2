package org.convoy.kernels.nd4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

final class Bfloat16Test {

  /** Next to 1 lie 1 + 2^-7 and 1 - 2^-8. */
  @ParameterizedTest
  @CsvSource({
    "0x1p0, 0x1p0",
    "0x1.02p0, 0x1.02p0",
    "0x1.00fffep0, 0x1p0",
    "0x1.01p0, 0x1p0",
    "0x1.010002p0, 0x1.02p0",
    "0x1.03p0, 0x1.04p0",
    "0x1.02fffep0, 0x1.02p0",
    "0x0.ff8p0, 0x1p0",
    "0x1.ffp0, 0x2p0",
    "0x1.fefffep3, 0x1.fep3",
    "3.1415927, 3.140625",
    "0, 0",
    // The largest of either kind, and the least that is nearer to what would follow it.
    "0x1.fep127, 0x1.fep127",
    "0x1.fefffep127, 0x1.fep127",
    "0x1.ffp127, Infinity",
    "0x1.fffffep127, Infinity",
    "Infinity, Infinity",
    // Below the normal numbers steps are of 2^-133.
    "0x1p-133, 0x1p-133",
    "0x1.8p-133, 0x1p-132",
    "0x1p-134, 0",
    "0x1.000002p-126, 0x1p-126",
  })
  void roundsToTheNearestAndTiesToEven(String value, String expected) {
    for (float sign : new float[] {1, -1}) {
      float rounded = Bfloat16.round(sign * Float.parseFloat(value));
      assertEquals(sign * Float.parseFloat(expected), rounded);
    }
  }

  @Test
  void whatIsNoNumberStaysNone() {
    for (int bits : new int[] {0x7F800001, 0xFF800001, 0x7FC00000, 0x7FFFFFFF, 0xFFFFFFFF}) {
      assertTrue(Float.isNaN(Bfloat16.round(Float.intBitsToFloat(bits))));
    }
  }

  @Test
  void roundsAnArrayWhereItLiesAndNothingBesideIt() {
    INDArray whole = Nd4j.createFromArray(0.1f, 0.2f, -0.3f, 0.4f, 0.5f, 0.6f);
    Bfloat16.round(whole.get(NDArrayIndex.interval(1, 4)).reshape('c', 3, 1));
    float[] expected = {0.1f, 0.200195312f, -0.30078125f, 0.400390625f, 0.5f, 0.6f};
    assertArrayEquals(expected, whole.toFloatVector());
    assertThrows(
        IllegalArgumentException.class,
        () -> Bfloat16.round(Nd4j.zeros(2, 3).transpose()),
        "elements do not lie in order");
    assertThrows(
        IllegalArgumentException.class,
        () -> Bfloat16.round(Nd4j.createFromArray(0.1, 0.2)),
        "not float32");
  }

  /** A linear layer of one weight and its square, by hand. */
  @Test
  void aPlanRoundsItsCopiesResultsAndGradientsAlone() {
    Value x = Value.input(Shape.of(1)).linear("fc", 1);
    Graph graph = x.multiply(x).graph("square");
    PlanRequest request = PlanRequest.training(1).withInputGradient().precision(Precision.BFLOAT16);
    try (Plan plan = new Nd4jBackend().compile(graph, request)) {
      INDArray parameters = Nd4j.createFromArray(0.3f, 0.1f);
      INDArray gradients = parameters.like();
      plan.bind(parameters, gradients);
      plan.input().assign(0.7f);
      plan.forward(0);
      plan.backward(Nd4j.createFromArray(0.9f).reshape(1, 1), GradientListener.NONE);

      float w = Bfloat16.round(0.3f);
      float in = Bfloat16.round(0.7f);
      float y = Bfloat16.round(w * in + 0.1f);
      float part = Bfloat16.round(Bfloat16.round(0.9f) * y);
      float dy = Bfloat16.round(part + part);
      assertEquals(Bfloat16.round(y * y), plan.output().getFloat(0));
      assertEquals(Bfloat16.round(w * dy), plan.inputGradient().getFloat(0));
      assertArrayEquals(new float[] {in * dy, dy}, gradients.toFloatVector());
      assertArrayEquals(new float[] {0.3f, 0.1f}, parameters.toFloatVector());
      assertEquals(0.7f, plan.input().getFloat(0));
    }
  }
}
