package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.stream.Stream;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Several plans over one set of weights, for different resolutions, batches and modes. */
class SharedWeightsTest {
  private static final int STEPS = 4;
  private static final double RATE = 0.05;

  private static Graph network(int size) {
    Value x = Value.input(Shape.of(3, size, size)).conv("conv1", 16, 3).norm("bn1").relu();
    x = x.maxPool(3, 2, 1).within("layer1", v -> block(v, 16, 1));
    x = x.within("layer2", v -> block(v, 32, 2));
    return x.globalAveragePool().linear("fc", 4).graph("small residual network");
  }

  private static Value block(Value x, int channels, int stride) {
    Value y = x.conv("conv1", channels, 3, stride).norm("bn1").relu();
    y = y.conv("conv2", channels, 3).norm("bn2");
    Value shortcut =
        stride == 1 ? x : x.conv("downsample.0", channels, 1, stride).norm("downsample.1");
    return y.add(shortcut).relu();
  }

  @Test
  void aNetworkAtAnotherResolutionIsTheOneBuiltForIt() {
    Graph large = network(24);
    assertEquals(network(16), large.at(Shape.of(3, 16, 16)));
    assertEquals(large, large.at(Shape.of(3, 16, 16)).at(Shape.of(3, 24, 24)));
    assertEquals(Parameters.of(large), Parameters.of(network(16)));
    for (String name : List.of("resnet18", "mobilenet_v2", "efficientnet_b0", "convnext_tiny")) {
      Graph graph = Models.get(name).build();
      Graph small = graph.at(Shape.of(3, 128, 128));
      assertEquals(Models.get(name).build(Shape.of(3, 128, 128), 1000), small);
      assertEquals(Parameters.of(graph), Parameters.of(small));
    }
  }

  @TestFactory
  Stream<DynamicTest> plansTakeTurns() {
    return TestedBackends.all().stream()
        .map(backend -> DynamicTest.dynamicTest(backend.name(), () -> alternate(backend)));
  }

  /**
   * Steps at two resolutions in turn, each followed by an evaluation, are those of plans that were
   * compiled anew for each, to the bit.
   */
  private static void alternate(Backend backend) {
    Graph large = network(24);
    Graph small = large.at(Shape.of(3, 16, 16));
    Parameters layout = Parameters.of(large);
    INDArray parameters = layout.initialize(3, DataType.FLOAT);
    INDArray gradients = parameters.like();
    PlanRequest two = PlanRequest.training(2);
    PlanRequest five = PlanRequest.training(5);
    PlanRequest evaluation = PlanRequest.inference(3);
    try (Plan first = backend.compile(large, two);
        Plan second = backend.compile(small, five);
        Plan evaluated = backend.compile(large, evaluation)) {
      List<Plan> plans = List.of(first, second, evaluated);
      plans.forEach(plan -> plan.bind(parameters, gradients));
      INDArray before = output(evaluated, 0);
      for (int i = 0; i < STEPS; i++) {
        Plan plan = i % 2 == 0 ? first : second;
        INDArray expected = parameters.like();
        try (Plan anew = backend.compile(plan.graph(), plan.request())) {
          anew.bind(parameters, expected);
          step(anew, i);
        }
        step(plan, i);
        same("gradients of step " + i, expected, gradients);
        parameters.subi(gradients.mul(RATE));
        plans.forEach(Plan::parametersChanged);
        INDArray after = output(evaluated, i);
        try (Plan anew = backend.compile(large, evaluation)) {
          anew.bind(parameters, parameters);
          same("evaluation after step " + i, output(anew, i), after);
        }
        assertFalse(before.equals(after), "evaluation sees the new weights");
        before = after;
      }
    }
  }

  private static void step(Plan plan, int number) {
    output(plan, number);
    long[] shape = plan.output().shape();
    plan.backward(Draw.uniform(Case.SEED, "slope " + number, 1, shape), GradientListener.NONE);
  }

  private static INDArray output(Plan plan, int number) {
    plan.input().assign(Draw.uniform(Case.SEED, "images " + number, 1, plan.input().shape()));
    plan.forward(number);
    return plan.output().dup();
  }

  private static void same(String what, INDArray expected, INDArray actual) {
    assertArrayEquals(Closeness.doubles(expected), Closeness.doubles(actual), what);
  }
}
