package org.convoy.kernels;

import static org.convoy.kernels.Closeness.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Graph;
import org.convoy.graph.Input;
import org.convoy.graph.Node;
import org.convoy.graph.Op;
import org.convoy.graph.Parameter;
import org.convoy.graph.ParameterKind;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What a plan with frozen tensors computes, leaves alone and no longer has to do. Batch norms
 * excepted, what is left of the gradients is the same to the bit; frozen norms are held to the
 * reference, and the reference to finite differences.
 */
class FrozenTest {
  private static final double TOLERANCE = 2e-5;
  private static final double FLOOR = 0.1;
  private static final float UNTOUCHED = -77;
  private static final int BATCH = 3;
  private static final int CASES_OF_AN_OP = 8;

  /** A network and what is frozen of it. */
  private record Subject(String name, Graph graph, Frozen frozen) {
    Subject(String name, Graph graph, Predicate<Parameter> fits) {
      this(name, graph, Frozen.where(Parameters.of(graph), fits));
    }

    Case numbers() {
      return new Case(graph, BATCH);
    }
  }

  private static Value block(Value x, String name, int channels) {
    return x.within(
        name,
        v -> {
          Value y = v.conv("conv1", channels, 3).norm("bn1").relu().conv("conv2", channels, 3);
          return y.norm("bn2").add(v).relu();
        });
  }

  private static Graph residual() {
    Value x = Value.input(Shape.of(3, 9, 9)).conv("stem", 16, 3).norm("bn").relu();
    x = block(block(block(x, "one", 16), "two", 16), "three", 16);
    return x.globalAveragePool().linear("fc", 5).graph("residual");
  }

  /** Norms in front of their convolutions, a dense connection and dropout. */
  private static Graph preActivation() {
    Value x = Value.input(Shape.of(3, 8, 8)).conv("stem", 16, 3);
    Value y = x.norm("bn1").relu().dropout("drop", 0.3).conv("conv1", 16, 3);
    Value z = Value.concat(x, y).norm("bn2").relu().conv("conv2", 16, 1).maxPool(2, 2, 0);
    return z.norm("bn3").relu().globalAveragePool().linear("fc", 4).graph("pre-activation");
  }

  private static Predicate<Parameter> before(String... prefixes) {
    return tensor -> Stream.of(prefixes).anyMatch(tensor.name()::startsWith);
  }

  private static Predicate<Parameter> norms() {
    return tensor ->
        tensor.kind() == ParameterKind.NORM_SCALE || tensor.kind() == ParameterKind.NORM_SHIFT;
  }

  private static List<Subject> normalised() {
    return List.of(
        new Subject("body", residual(), before("stem", "bn", "one", "two", "three")),
        new Subject("beginning", residual(), before("stem", "bn", "one")),
        new Subject("middle", residual(), before("two")),
        new Subject("end", residual(), before("three", "fc")),
        new Subject("norms alone", residual(), norms()),
        new Subject("body before", preActivation(), before("stem", "bn1", "conv1", "bn2", "conv2")),
        new Subject("norms before", preActivation(), norms()),
        new Subject("a branch", preActivation(), before("bn1", "conv1")));
  }

  @TestFactory
  Stream<DynamicTest> everyBackendComputesWhatTheReferenceComputes() {
    return normalised().stream()
        .flatMap(
            subject ->
                TestedBackends.all().stream()
                    .map(
                        backend ->
                            DynamicTest.dynamicTest(
                                subject.name() + " on " + backend.name(),
                                () -> compare(backend, subject))));
  }

  private static void compare(Backend backend, Subject subject) {
    Case numbers = subject.numbers();
    PlanRequest exact = numbers.training(Precision.FLOAT64).frozen(subject.frozen());
    Step expected = Step.of(Backends.get("nd4j"), numbers, exact);
    Step with = Step.of(backend, numbers, exact.precision(Precision.FLOAT32));
    assertClose("output", expected.output, with.output, TOLERANCE, FLOOR);
    assertClose("input gradient", expected.inputGradient, with.inputGradient, TOLERANCE, FLOOR);
    check(subject, expected, with);
    Step without = Step.of(backend, numbers, PlanRequest.training(BATCH).frozen(subject.frozen()));
    check(subject, expected, without);
  }

  /** Trained tensors are as expected; frozen ones and statistics of frozen norms are untouched. */
  private static void check(Subject subject, Step expected, Step actual) {
    Parameters layout = Parameters.of(subject.graph());
    for (Parameter tensor : layout.all()) {
      boolean still = subject.frozen().contains(tensor) || belongsToFrozenNorm(subject, tensor);
      INDArray values = layout.view(actual.gradients, tensor);
      if (still) {
        assertEquals(UNTOUCHED, values.minNumber().floatValue(), tensor.name());
        assertEquals(UNTOUCHED, values.maxNumber().floatValue(), tensor.name());
      } else {
        INDArray wanted = layout.view(expected.gradients, tensor);
        assertClose(tensor.name(), wanted, values, TOLERANCE, FLOOR);
      }
    }
  }

  private static boolean belongsToFrozenNorm(Subject subject, Parameter tensor) {
    Parameters layout = Parameters.of(subject.graph());
    return tensor.kind() == ParameterKind.RUNNING_STATISTIC
        && subject.graph().nodes().stream()
            .filter(node -> node.op() instanceof BatchNorm)
            .map(node -> layout.of(subject.graph(), node))
            .anyMatch(norm -> norm.contains(tensor) && subject.frozen().norm(norm));
  }

  @TestFactory
  Stream<DynamicTest> theReferenceIsHeldToFiniteDifferences() {
    return normalised().stream()
        .filter(subject -> List.of("middle", "a branch").contains(subject.name()))
        .map(
            subject ->
                DynamicTest.dynamicTest(
                    subject.name(),
                    () -> {
                      Case numbers = subject.numbers();
                      PlanRequest request =
                          numbers.training(Precision.FLOAT64).frozen(subject.frozen());
                      INDArray parameters = numbers.parameters(DataType.DOUBLE);
                      INDArray gradients = parameters.like();
                      INDArray slope = numbers.slope(DataType.DOUBLE);
                      Parameters layout = numbers.layout();
                      try (Plan plan = Backends.get("nd4j").compile(subject.graph(), request)) {
                        plan.bind(parameters, gradients);
                        plan.input().assign(numbers.input(DataType.DOUBLE));
                        plan.forward(0);
                        plan.backward(slope, GradientListener.NONE);
                        INDArray byInput = plan.inputGradient().dup();
                        GradientCheckTest.along(
                            numbers, "input", plan, plan.input(), byInput, slope);
                        for (Parameter tensor : layout.all()) {
                          if (tensor.kind().trainable() && !subject.frozen().contains(tensor)) {
                            GradientCheckTest.along(
                                numbers,
                                tensor.name(),
                                plan,
                                layout.view(parameters, tensor),
                                layout.view(gradients, tensor).dup(),
                                slope);
                          }
                        }
                      }
                    }));
  }

  /** Some cases of every op with tensors of its own, batch norms excepted. */
  @TestFactory
  Stream<DynamicTest> aFrozenOpPassesTheSameGradientOn() {
    Map<Class<?>, Integer> taken = new HashMap<>();
    List<Case> some = new ArrayList<>();
    Cases.all()
        .filter(subject -> subject.layout().trainableLength() > 0)
        .filter(subject -> ops(subject).noneMatch(BatchNorm.class::isInstance))
        .forEach(
            subject -> {
              boolean fresh =
                  ops(subject)
                      .filter(op -> !(op instanceof Input))
                      .anyMatch(
                          op -> taken.merge(op.getClass(), 1, Integer::sum) <= CASES_OF_AN_OP);
              if (fresh) {
                some.add(subject);
              }
            });
    return some.stream()
        .map(subject -> DynamicTest.dynamicTest(subject.toString(), () -> passesOn(subject)));
  }

  private static Stream<Op> ops(Case subject) {
    return subject.graph().nodes().stream().map(Node::op);
  }

  private static void passesOn(Case subject) {
    Backend backend = Backends.get("onednn");
    PlanRequest request = subject.training(Precision.FLOAT32);
    Step trained = Step.of(backend, subject, request);
    Frozen all = Frozen.where(subject.layout(), any -> true);
    Step frozen = Step.of(backend, subject, request.frozen(all));
    same("output", trained.output, frozen.output);
    same("input gradient", trained.inputGradient, frozen.inputGradient);
    for (double value : Closeness.doubles(frozen.gradients)) {
      assertEquals(UNTOUCHED, value);
    }
    // Of tensors that are frozen one at a time the others are the same too.
    List<Parameter> tensors = subject.layout().all();
    for (Parameter one : tensors.size() > 1 ? tensors : List.<Parameter>of()) {
      Step partly = Step.of(backend, subject, request.frozen(Frozen.of(one.name())));
      same("input gradient", trained.inputGradient, partly.inputGradient);
      for (Parameter other : subject.layout().all()) {
        INDArray actual = subject.layout().view(partly.gradients, other);
        if (other.equals(one)) {
          assertEquals(UNTOUCHED, actual.maxNumber().floatValue(), other.name());
        } else {
          same(other.name(), subject.layout().view(trained.gradients, other), actual);
        }
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> aFrozenBodyChangesNoByteOfTheRest() {
    Value x = Value.input(Shape.of(3, 12, 12)).conv("conv1", 16, 3).relu().maxPool(2, 2, 0);
    x = x.conv("conv2", 32, 3).relu().conv("conv3", 32, 3).relu();
    Graph graph = x.globalAveragePool().linear("fc1", 8).relu().linear("fc2", 5).graph("plain");
    return TestedBackends.all().stream()
        .map(
            backend ->
                DynamicTest.dynamicTest(
                    backend.name(),
                    () -> {
                      Subject subject = new Subject("plain", graph, before("conv1", "conv2"));
                      PlanRequest request = PlanRequest.training(BATCH);
                      Step trained = Step.of(backend, subject.numbers(), request);
                      Step frozen =
                          Step.of(backend, subject.numbers(), request.frozen(subject.frozen()));
                      Parameters layout = Parameters.of(graph);
                      same("output", trained.output, frozen.output);
                      for (Parameter tensor : layout.all()) {
                        if (!subject.frozen().contains(tensor)) {
                          same(
                              tensor.name(),
                              layout.view(trained.gradients, tensor),
                              layout.view(frozen.gradients, tensor));
                        }
                      }
                    }));
  }

  /** With everything frozen, a training plan is an inference plan. */
  @TestFactory
  Stream<DynamicTest> aFrozenPrefixIsEvaluated() {
    return Stream.of(Precision.FLOAT32, Precision.BFLOAT16)
        .map(
            precision ->
                DynamicTest.dynamicTest(
                    precision.name(),
                    () -> {
                      Backend backend = Backends.get("onednn");
                      Case numbers = new Case(residual(), BATCH);
                      PlanRequest request =
                          PlanRequest.training(BATCH)
                              .precision(precision)
                              .frozen(Frozen.where(numbers.layout(), any -> true));
                      Step training = Step.of(backend, numbers, request);
                      INDArray parameters = numbers.parameters(DataType.FLOAT);
                      try (Plan plan =
                          backend.compile(numbers.graph(), numbers.inference(precision))) {
                        plan.bind(parameters, parameters);
                        plan.input().assign(numbers.input(DataType.FLOAT));
                        plan.forward(0);
                        same("output", plan.output(), training.output);
                      }
                    }));
  }

  @TestFactory
  Stream<DynamicTest> recomputationChangesNoByte() {
    return normalised().stream()
        .map(
            subject ->
                DynamicTest.dynamicTest(
                    subject.name(),
                    () -> {
                      Backend backend = Backends.get("onednn");
                      PlanRequest request = PlanRequest.training(BATCH).frozen(subject.frozen());
                      Step kept = Step.of(backend, subject.numbers(), request);
                      Step again =
                          Step.of(
                              backend,
                              subject.numbers(),
                              request.recomputation(Recomputation.BLOCKS));
                      same("output", kept.output, again.output);
                      same("gradients", kept.gradients, again.gradients);
                    }));
  }

  @Test
  void aFrozenBodyCostsItsForwardPass() {
    Graph graph = Models.get("resnet20").build(Shape.of(3, 16, 16), 10);
    Parameters layout = Parameters.of(graph);
    Frozen body = Frozen.where(layout, tensor -> !tensor.name().startsWith("fc"));
    PlanRequest request = PlanRequest.training(4);
    Cost whole = Cost.of(graph, request);
    Cost head = Cost.of(graph, request.frozen(body));
    assertTrue(head.work < 0.4 * whole.work, () -> head + " of " + whole);
    assertTrue(head.arenaBytes < 0.25 * whole.arenaBytes, () -> head + " of " + whole);
    assertTrue(head.backwardKernels < 10, () -> head + " of " + whole);
    Cost evaluation = Cost.of(graph, PlanRequest.inference(4));
    assertEquals(evaluation.forwardKernels, head.forwardKernels);
  }

  /** What a step does, by counting. */
  private record Cost(long work, long forwardKernels, long backwardKernels, long arenaBytes) {
    static Cost of(Graph graph, PlanRequest request) {
      INDArray parameters = Parameters.of(graph).initialize(1, DataType.FLOAT);
      try (Plan plan = Backends.get("onednn").compile(graph, request)) {
        plan.bind(parameters, parameters.like());
        List<KernelTime> times = plan.timeKernels(1);
        long backward = times.stream().filter(t -> t.phase() == KernelTime.Phase.BACKWARD).count();
        return new Cost(
            times.stream().mapToLong(KernelTime::work).sum(),
            times.size() - backward,
            backward,
            plan.memory().arenaBytes());
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> aNameThatThereIsNotIsRefused() {
    PlanRequest request = PlanRequest.training(2).frozen(Frozen.of("fc.weight", "fc.wieght"));
    return TestedBackends.all().stream()
        .map(
            backend ->
                DynamicTest.dynamicTest(
                    backend.name(),
                    () -> {
                      IllegalArgumentException refused =
                          assertThrows(
                              IllegalArgumentException.class,
                              () -> backend.compile(residual(), request));
                      String message = String.valueOf(refused.getMessage());
                      assertTrue(message.endsWith(": fc.wieght"), message);
                    }));
  }

  @Test
  void statisticsOfFrozenNormsDoNotMove() {
    Graph graph = residual();
    Parameters layout = Parameters.of(graph);
    Frozen frozen = Frozen.where(layout, before("two."));
    INDArray parameters = new Case(graph, BATCH).parameters(DataType.FLOAT);
    INDArray before = parameters.dup();
    INDArray moments = Nd4j.valueArrayOf(new long[] {layout.length()}, 0.25, DataType.FLOAT);
    new RunningStatistics(graph, layout, 8, frozen).update(parameters, moments, 1);
    for (Parameter tensor : layout.all()) {
      boolean moves =
          tensor.kind() == ParameterKind.RUNNING_STATISTIC && !tensor.name().startsWith("two.");
      boolean equal = layout.view(before, tensor).equals(layout.view(parameters, tensor));
      assertEquals(moves, !equal, tensor.name());
    }
  }

  private static void same(String what, INDArray expected, INDArray actual) {
    assertArrayEquals(Closeness.doubles(expected), Closeness.doubles(actual), what);
  }

  /** What one step leaves; the flat gradient held {@link #UNTOUCHED} before. */
  private record Step(INDArray output, INDArray gradients, INDArray inputGradient) {
    static Step of(Backend backend, Case numbers, PlanRequest request) {
      DataType type = request.precision().vectors();
      INDArray parameters = numbers.parameters(type);
      INDArray gradients = Nd4j.valueArrayOf(new long[] {parameters.length()}, UNTOUCHED, type);
      List<long[]> finished = new ArrayList<>();
      try (Plan plan = backend.compile(numbers.graph(), request)) {
        plan.bind(parameters, gradients);
        plan.input().assign(numbers.input(type));
        plan.forward(7);
        plan.backward(numbers.slope(type), (from, to) -> finished.add(new long[] {from, to}));
        assertEveryElementOnce(finished, gradients.length());
        return new Step(
            plan.output().dup(),
            gradients,
            request.inputGradient() ? plan.inputGradient().dup() : plan.output().like());
      }
    }
  }

  private static void assertEveryElementOnce(List<long[]> ranges, long length) {
    INDArray times = Nd4j.zeros(DataType.FLOAT, length);
    for (long[] range : ranges) {
      if (range[1] > range[0]) {
        times.get(NDArrayIndex.interval(range[0], range[1])).addi(1);
      }
    }
    assertEquals(1, times.minNumber().intValue(), "times that an element was finished");
    assertEquals(1, times.maxNumber().intValue(), "times that an element was finished");
  }
}
