package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Steps on batches that lie outside the plan's input. */
class OutsideBatchTest {
  private static final int BATCH = 3;

  private static Graph network() {
    Value x = Value.input(Shape.of(3, 12, 12)).conv("conv1", 16, 3).norm("bn1").relu();
    return x.globalAveragePool().linear("fc", 4).graph("small network");
  }

  /** Begins with an operation that changes values in place. */
  private static Graph activated() {
    Value x = Value.input(Shape.of(3, 12, 12)).relu().conv("conv1", 8, 3);
    return x.globalAveragePool().linear("fc", 4).graph("network that begins with an activation");
  }

  @TestFactory
  Stream<DynamicTest> theyAreThoseOnTheInput() {
    return TestedBackends.all().stream()
        .flatMap(
            backend ->
                Stream.of(network(), activated())
                    .flatMap(
                        graph ->
                            Stream.of(
                                    PlanRequest.training(BATCH),
                                    PlanRequest.training(BATCH).withInputGradient(),
                                    PlanRequest.inference(BATCH))
                                .map(
                                    request ->
                                        DynamicTest.dynamicTest(
                                            backend.name() + " " + graph.name() + " " + request,
                                            () -> compare(backend, graph, request)))));
  }

  private static void compare(Backend backend, Graph graph, PlanRequest request) {
    Parameters layout = Parameters.of(graph);
    INDArray parameters = layout.initialize(3, DataType.FLOAT);
    INDArray gradients = parameters.like();
    List<INDArray> batches = List.of(batch(1), batch(2));
    try (Plan plan = backend.compile(graph, request)) {
      plan.bind(parameters, gradients);
      for (int step = 0; step < 4; step++) {
        INDArray images = batches.get(step % 2);
        plan.input().assign(images);
        plan.forward(step);
        float[] output = results(plan, gradients);
        float[] before = images.data().asFloat();
        gradients.assign(0);
        plan.forward(address(images), step);
        assertArrayEquals(output, results(plan, gradients));
        assertArrayEquals(before, images.data().asFloat(), "the batch is the caller's");
      }
    }
  }

  /** Output and gradients one after the other. */
  private static float[] results(Plan plan, INDArray gradients) {
    INDArray all = plan.output().dup().reshape(-1);
    if (plan.request().mode() == Mode.TRAINING) {
      INDArray outputGradient = plan.output().like().assign(0.25);
      plan.backward(outputGradient, GradientListener.NONE);
      all = Nd4j.concat(0, all, gradients);
    }
    if (plan.request().inputGradient()) {
      all = Nd4j.concat(0, all, plan.inputGradient().dup().reshape(-1));
    }
    return all.toFloatVector();
  }

  private static INDArray batch(int seed) {
    Nd4j.getRandom().setSeed(seed);
    return Nd4j.randn(DataType.FLOAT, BATCH, 3, 12, 12).dup('c');
  }

  private static Pointer address(INDArray array) {
    return array.data().addressPointer();
  }
}
