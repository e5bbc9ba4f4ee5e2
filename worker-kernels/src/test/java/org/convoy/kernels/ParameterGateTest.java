package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.models.Models;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A forward pass that begins before its parameters have come is the one after them, to the bit. */
class ParameterGateTest {
  private static final Graph NETWORK = Models.get("resnet20").build(Shape.of(3, 16, 16), 4);
  private static final Parameters LAYOUT = Parameters.of(NETWORK);

  /** Gives each parameter its value when it is awaited, and not before. */
  private static final class Late implements ParameterGate {
    private final INDArray source;
    private final INDArray target;
    private final List<Long> ends = new ArrayList<>();

    Late(INDArray source, INDArray target) {
      this.source = source;
      this.target = target;
    }

    @Override
    public void await(long from, long to) {
      ends.add(to);
      for (long i = from; i < to; i++) {
        target.putScalar(i, source.getFloat(i));
      }
    }

    @Override
    public void awaitAll() {
      await(0, source.length());
    }
  }

  @TestFactory
  Stream<DynamicTest> lateParametersGiveTheSameBytes() {
    return TestedBackends.all().stream()
        .flatMap(
            backend ->
                Stream.of(
                        PlanRequest.training(2),
                        PlanRequest.training(2).precision(Precision.BFLOAT16),
                        PlanRequest.training(2).recomputation(Recomputation.BLOCKS),
                        PlanRequest.inference(2))
                    .map(
                        request ->
                            DynamicTest.dynamicTest(
                                backend.name() + " " + request, () -> compare(backend, request))));
  }

  private static void compare(Backend backend, PlanRequest request) {
    INDArray values = LAYOUT.initialize(3, DataType.FLOAT);
    INDArray late = Nd4j.create(DataType.FLOAT, LAYOUT.length()).assign(Float.NaN);
    Result expected;
    try (Plan plan = backend.compile(NETWORK, request)) {
      expected = step(plan, values, ParameterGate.OPEN);
    }
    try (Plan plan = backend.compile(NETWORK, request)) {
      Result result = step(plan, late, new Late(values, late));
      assertArrayEquals(expected.output(), result.output());
      assertArrayEquals(expected.gradient(), result.gradient());
    }
  }

  private record Result(float[] output, float[] gradient) {}

  private static Result step(Plan plan, INDArray parameters, ParameterGate gate) {
    INDArray gradients = Nd4j.create(DataType.FLOAT, LAYOUT.length());
    plan.bind(parameters, gradients);
    plan.input().assign(Nd4j.linspace(-1, 1, plan.input().length()).reshape(plan.input().shape()));
    plan.forward(plan.input().data().addressPointer(), 5, gate);
    float[] output = plan.output().dup().data().asFloat();
    gate.awaitAll();
    if (plan.request().mode() == Mode.TRAINING) {
      plan.backward(plan.output().dup(), GradientListener.NONE);
    }
    return new Result(output, gradients.data().asFloat());
  }

  /** In forward order: the last layer's weights are awaited when all others have been. */
  @Test
  void aTrainingPlanWaitsForEachLayerInTurn() {
    INDArray values = LAYOUT.initialize(3, DataType.FLOAT);
    INDArray late = Nd4j.create(DataType.FLOAT, LAYOUT.length()).assign(Float.NaN);
    Late gate = new Late(values, late);
    try (Plan plan = Backends.get("onednn").compile(NETWORK, PlanRequest.training(2))) {
      plan.bind(late, Nd4j.create(DataType.FLOAT, LAYOUT.length()));
      plan.forward(plan.input().data().addressPointer(), 5, gate);
    }
    long last = LAYOUT.get("fc.weight").end();
    int first = gate.ends.indexOf(last);
    assertTrue(first > 40, "fc.weight was awaited at place " + first);
    long before = LAYOUT.get("layer3.2.bn2.bias").end();
    assertTrue(
        gate.ends.subList(0, first).contains(before), "the norm before it was awaited first");
    assertEquals(LAYOUT.get("conv1.weight").end(), gate.ends.get(0));
  }
}
