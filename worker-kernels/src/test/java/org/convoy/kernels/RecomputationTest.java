package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What is computed a second time is computed alike, and takes less memory. */
class RecomputationTest {
  private static final int BATCH = 4;

  static Graph[] networks() {
    return new Graph[] {Models.get("resnet32").build(), chain()};
  }

  /** Nothing but ops behind one another, random draws among them. */
  private static Graph chain() {
    Value x = Value.input(Shape.of(3, 24, 24));
    for (int i = 0; i < 6; i++) {
      x = x.conv("conv" + i, 16, 3).norm("bn" + i).relu().dropout("drop" + i, 0.2);
    }
    return x.globalAveragePool().linear("fc", 5).graph("chain with dropout");
  }

  @ParameterizedTest
  @MethodSource("networks")
  void changesNoByteAndSparesMemory(Graph graph) {
    PlanRequest request = PlanRequest.training(BATCH).withInputGradient();
    PlanRequest sparing = request.recomputation(Recomputation.BLOCKS);
    Step kept = Step.of(graph, request);
    Step again = Step.of(graph, sparing);
    assertArrayEquals(kept.output, again.output, "output");
    assertArrayEquals(kept.gradients, again.gradients, "gradients and moments");
    assertArrayEquals(kept.inputGradient, again.inputGradient, "input gradient");
    assertTrue(
        again.bytes < 0.6 * kept.bytes,
        () -> String.format(Locale.ROOT, "%d bytes instead of %d", again.bytes, kept.bytes));
  }

  @ParameterizedTest
  @EnumSource(Recomputation.class)
  void inferenceHasNothingToKeep(Recomputation recomputation) {
    Backend backend = Backends.get("onednn");
    Graph graph = chain();
    try (Plan plain = backend.compile(graph, PlanRequest.inference(BATCH));
        Plan asked =
            backend.compile(graph, PlanRequest.inference(BATCH).recomputation(recomputation))) {
      assertEquals(plain.memory(), asked.memory());
    }
  }

  private record Step(double[] output, double[] gradients, double[] inputGradient, long bytes) {
    static Step of(Graph graph, PlanRequest request) {
      Case subject = new Case(graph, BATCH);
      INDArray parameters = subject.parameters(DataType.FLOAT);
      INDArray gradients = parameters.like();
      try (Plan plan = Backends.get("onednn").compile(graph, request)) {
        plan.bind(parameters, gradients);
        plan.input().assign(subject.input(DataType.FLOAT));
        plan.forward(7);
        plan.backward(subject.slope(DataType.FLOAT), GradientListener.NONE);
        return new Step(
            Closeness.doubles(plan.output()),
            Closeness.doubles(gradients),
            Closeness.doubles(plan.inputGradient()),
            plan.memory().arenaBytes());
      }
    }
  }
}
