package org.convoy.kernels;

import static org.convoy.kernels.Closeness.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.convoy.graph.Activate;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Fusion;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Fusing changes neither what a network computes nor what its tensors are called. */
class FusionTest {

  @TestFactory
  Stream<DynamicTest> resultsStay() {
    return Stream.of(
            Cases.residual(3, 4, 6),
            Models.get("resnet20").build(Shape.of(3, 12, 12), 10),
            Models.get("lenet5").build(),
            branches())
        .map(graph -> DynamicTest.dynamicTest(graph.name(), () -> compare(graph)));
  }

  private static void compare(Graph graph) {
    Graph fused = Fusion.apply(graph);
    Parameters layout = Parameters.of(graph);
    Parameters after = Parameters.of(fused);
    assertEquals(
        new HashSet<>(layout.all().stream().map(Parameter::name).toList()),
        new HashSet<>(after.all().stream().map(Parameter::name).toList()));
    Result expected = Result.of(new Case(graph, 2));
    // The same graph name, hence the same draws; a tensor's place may differ.
    Result actual = Result.of(new Case(new Graph(graph.name(), fused.nodes()), 2));
    assertClose("output", expected.output, actual.output, 1e-12, 0.1);
    assertClose("inference", expected.inference, actual.inference, 1e-12, 0.1);
    assertClose("input gradient", expected.slope, actual.slope, 1e-11, 0.1);
    for (Parameter tensor : layout.all()) {
      assertClose(
          tensor.name(),
          layout.view(expected.gradients, tensor),
          after.view(actual.gradients, after.get(tensor.name())),
          1e-11,
          0.1);
    }
  }

  private record Result(INDArray inference, INDArray output, INDArray slope, INDArray gradients) {
    static Result of(Case subject) {
      INDArray parameters = subject.parameters(DataType.DOUBLE);
      INDArray gradients = parameters.like();
      Backend backend = Backends.get("nd4j");
      INDArray inference;
      try (Plan plan = backend.compile(subject.graph(), subject.inference(Precision.FLOAT64))) {
        plan.bind(parameters, parameters);
        plan.input().assign(subject.input(DataType.DOUBLE));
        plan.forward(0);
        inference = plan.output().dup();
      }
      try (Plan plan = backend.compile(subject.graph(), subject.training(Precision.FLOAT64))) {
        plan.bind(parameters, gradients);
        plan.input().assign(subject.input(DataType.DOUBLE));
        plan.forward(0);
        plan.backward(subject.slope(DataType.DOUBLE), GradientListener.NONE);
        return new Result(inference, plan.output().dup(), plan.inputGradient().dup(), gradients);
      }
    }
  }

  /** Norms that must not fuse: read twice, added to themselves, without a ReLU behind. */
  private static Graph branches() {
    Value x = Value.input(Shape.of(3, 4, 4)).conv("conv1", 4, 3).norm("twice");
    Value y = x.relu().add(x);
    Value z = y.conv("conv2", 4, 3).norm("itself");
    z = z.add(z).relu();
    Value left = z.conv("left", 4, 1).norm("early");
    Value right = z.conv("right", 4, 1);
    Value sum = left.add(right).relu();
    return sum.norm("bare").globalAveragePool().linear("fc", 3).graph("branches");
  }

  @Test
  void nothingIsLeftToFuseInAResNet() {
    Graph fused = Fusion.apply(Models.get("resnet50").build());
    List<Node> nodes = fused.nodes();
    assertTrue(nodes.stream().noneMatch(node -> node.op() instanceof Activate), fused::toString);
    long norms = nodes.stream().filter(node -> node.op() instanceof BatchNorm).count();
    assertEquals(53, norms);
    long adding =
        nodes.stream()
            .filter(node -> node.op() instanceof BatchNorm && node.inputs().size() == 2)
            .count();
    assertEquals(16, adding, "one a block");
    assertEquals(fused, Fusion.apply(fused), "again changes nothing");
  }
}
