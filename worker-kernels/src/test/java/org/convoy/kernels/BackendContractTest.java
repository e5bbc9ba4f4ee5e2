package org.convoy.kernels;

import static org.convoy.kernels.Closeness.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What every backend owes: on each of {@link Cases} it computes what the reference computes in
 * float64, writes what it is told to write and nothing else, and keeps the plan's life cycle. A
 * backend that joins {@link Backends} is tested here without another line. It may refuse what it
 * cannot do, which the report shows as skipped, in its words; the reference may not.
 */
class BackendContractTest {
  /** Of the largest element: sums of up to some thousand float32 products of size 1 or less. */
  private static final double TOLERANCE = 2e-5;

  /** The least that counts as largest: terms of size 1 may cancel to nothing. */
  private static final double FLOOR = 0.1;

  private static final float UNTOUCHED = Float.NaN;

  /** What the reference computes for a case; the same for every backend. */
  private record Expected(
      INDArray inference, INDArray output, INDArray slope, INDArray gradients) {}

  private static final Map<Case, Expected> REFERENCE = new HashMap<>();

  @TestFactory
  Stream<DynamicContainer> computesWhatTheReferenceComputes() {
    return TestedBackends.all().stream()
        .map(
            backend ->
                DynamicContainer.dynamicContainer(
                    backend.name(),
                    Cases.all()
                        .map(
                            subject ->
                                DynamicTest.dynamicTest(
                                    subject.toString(), () -> compare(backend, subject)))));
  }

  static void compare(Backend backend, Case subject) {
    Expected expected = REFERENCE.computeIfAbsent(subject, BackendContractTest::reference);
    try {
      infer(backend, subject, expected);
      train(backend, subject, expected);
    } catch (UnsupportedOperationException e) {
      if (backend.name().equals("nd4j")) {
        throw e;
      }
      abort("refused: " + e.getMessage());
    }
  }

  private static Expected reference(Case subject) {
    Backend reference = Backends.get("nd4j");
    DataType type = DataType.DOUBLE;
    INDArray parameters = subject.parameters(type);
    INDArray gradients = parameters.like();
    INDArray inference;
    try (Plan plan = reference.compile(subject.graph(), subject.inference(Precision.FLOAT64))) {
      plan.bind(parameters, parameters);
      plan.input().assign(subject.input(type));
      plan.forward(0);
      inference = plan.output().dup();
    }
    try (Plan plan = reference.compile(subject.graph(), subject.training(Precision.FLOAT64))) {
      plan.bind(parameters, gradients);
      plan.input().assign(subject.input(type));
      plan.forward(0);
      plan.backward(subject.slope(type), GradientListener.NONE);
      return new Expected(inference, plan.output().dup(), plan.inputGradient().dup(), gradients);
    }
  }

  private static void infer(Backend backend, Case subject, Expected expected) {
    INDArray values = subject.parameters(DataType.FLOAT);
    try (GuardedVector parameters = new GuardedVector(values);
        Plan plan = backend.compile(subject.graph(), subject.inference(Precision.FLOAT32))) {
      plan.bind(parameters.array(), parameters.array());
      plan.input().assign(subject.input(DataType.FLOAT));
      plan.forward(0);
      check("inference output", expected.inference(), plan.output());
      unchanged("input", subject.input(DataType.FLOAT), plan.input());
      unchanged("parameters", values, parameters.array());
      parameters.assertCanariesLive("parameters");
    }
  }

  private static void train(Backend backend, Case subject, Expected expected) {
    INDArray values = subject.parameters(DataType.FLOAT);
    INDArray empty = Nd4j.valueArrayOf(new long[] {values.length()}, UNTOUCHED, DataType.FLOAT);
    INDArray slope = subject.slope(DataType.FLOAT);
    try (GuardedVector parameters = new GuardedVector(values);
        GuardedVector gradients = new GuardedVector(empty);
        Plan plan = backend.compile(subject.graph(), subject.training(Precision.FLOAT32))) {
      plan.bind(parameters.array(), gradients.array());
      plan.input().assign(subject.input(DataType.FLOAT));
      Parts parts = new Parts(gradients.array());
      plan.forward(0);
      plan.backward(slope, parts);

      check("output", expected.output(), plan.output());
      check("input gradient", expected.slope(), plan.inputGradient());
      checkParts(subject, expected.gradients(), gradients.array());
      parts.assertEveryElementOnce();
      INDArray output = plan.output().dup();
      INDArray inputGradient = plan.inputGradient().dup();
      INDArray flat = gradients.array().dup();
      plan.forward(0);
      plan.backward(slope, GradientListener.NONE);
      unchanged("output of a second step", output, plan.output());
      unchanged("input gradient of a second step", inputGradient, plan.inputGradient());
      unchanged("gradients of a second step", flat, gradients.array());
      unchanged("input", subject.input(DataType.FLOAT), plan.input());
      unchanged("parameters", values, parameters.array());
      parameters.assertCanariesLive("parameters");
      gradients.assertCanariesLive("gradients");
    }
    unchanged("output gradient", subject.slope(DataType.FLOAT), slope);
  }

  private static void checkParts(Case subject, INDArray expected, INDArray actual) {
    Parameters layout = subject.layout();
    for (Parameter tensor : layout.all()) {
      check(
          tensor.kind().trainable() ? "gradient of " + tensor.name() : "moment " + tensor.name(),
          layout.view(expected, tensor),
          layout.view(actual, tensor));
    }
  }

  private static void check(String what, INDArray expected, INDArray actual) {
    assertClose(what, expected, actual, TOLERANCE, FLOOR);
  }

  private static void unchanged(String what, INDArray before, INDArray after) {
    assertArrayEquals(Closeness.doubles(before), Closeness.doubles(after), what);
  }

  /** Remembers what each part held when it was said to be finished. */
  private static final class Parts implements GradientListener {
    private final INDArray gradients;
    private final List<long[]> ranges = new ArrayList<>();
    private final List<double[]> held = new ArrayList<>();

    Parts(INDArray gradients) {
      this.gradients = gradients;
    }

    @Override
    public void finished(long from, long to) {
      ranges.add(new long[] {from, to});
      held.add(Closeness.doubles(gradients.get(NDArrayIndex.interval(from, to))));
    }

    void assertEveryElementOnce() {
      int[] times = new int[(int) gradients.length()];
      for (int i = 0; i < ranges.size(); i++) {
        long from = ranges.get(i)[0];
        long to = ranges.get(i)[1];
        for (long j = from; j < to; j++) {
          times[(int) j]++;
        }
        double[] now = Closeness.doubles(gradients.get(NDArrayIndex.interval(from, to)));
        assertArrayEquals(
            held.get(i), now, String.format(Locale.ROOT, "finished elements %d to %d", from, to));
      }
      for (int i = 0; i < times.length; i++) {
        assertEquals(
            1,
            times[i],
            String.format(
                Locale.ROOT, "times that element %d of %d was finished", i, times.length));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> keepsThePlansLifeCycle() {
    return TestedBackends.all().stream()
        .map(backend -> DynamicTest.dynamicTest(backend.name(), () -> lifeCycle(backend)));
  }

  private static void lifeCycle(Backend backend) {
    Graph graph = Value.input(Shape.of(3, 5, 5)).conv("conv", 4, 3).norm("bn").relu().graph("tiny");
    Parameters layout = Parameters.of(graph);
    INDArray parameters = layout.initialize(1, DataType.FLOAT);
    INDArray gradients = parameters.like();
    INDArray slope = Nd4j.ones(DataType.FLOAT, 2, 4, 5, 5);
    Plan plan = backend.compile(graph, PlanRequest.training(2));
    assertEquals(graph, plan.graph());
    assertEquals(PlanRequest.training(2), plan.request());
    assertEquals(layout.all(), plan.layout().all());
    assertTrue(plan.memory().totalBytes() >= 4 * 2 * 4 * 25, () -> plan.memory().toString());
    assertThrows(IllegalStateException.class, plan::input, "input before bind");
    assertThrows(IllegalStateException.class, () -> plan.forward(0), "forward before bind");
    INDArray shorter = Nd4j.create(DataType.FLOAT, layout.length() - 1);
    assertThrows(IllegalArgumentException.class, () -> plan.bind(shorter, gradients));
    assertThrows(IllegalArgumentException.class, () -> plan.bind(parameters, shorter));
    INDArray wider = parameters.castTo(DataType.DOUBLE);
    assertThrows(IllegalArgumentException.class, () -> plan.bind(wider, gradients));

    plan.bind(parameters, gradients);
    assertThrows(IllegalStateException.class, () -> plan.backward(slope, GradientListener.NONE));
    assertThrows(IllegalStateException.class, plan::inputGradient, "input gradient not asked for");
    plan.input().assign(Draw.uniform(Case.SEED, "input", 1, 2, 3, 5, 5));
    plan.forward(0);
    INDArray wrong = Nd4j.ones(DataType.FLOAT, 2, 4, 5, 4);
    assertThrows(IllegalArgumentException.class, () -> plan.backward(wrong, GradientListener.NONE));
    plan.backward(slope, GradientListener.NONE);
    INDArray elsewhere = gradients.like();
    plan.bind(parameters, elsewhere);
    plan.forward(0);
    plan.backward(slope, GradientListener.NONE);
    unchanged("gradients after another bind", gradients, elsewhere);

    INDArray before = plan.output().dup();
    parameters.muli(2);
    plan.parametersChanged();
    plan.forward(0);
    assertFalse(before.equals(plan.output()), "changed parameters are read");

    plan.close();
    plan.close();
    assertThrows(IllegalStateException.class, plan::input, "input after close");
    assertThrows(IllegalStateException.class, plan::output, "output after close");
    assertThrows(IllegalStateException.class, () -> plan.forward(0), "forward after close");
    assertThrows(
        IllegalStateException.class, () -> plan.bind(parameters, gradients), "bind after close");
    assertThrows(
        IllegalStateException.class, () -> plan.backward(slope, GradientListener.NONE), "backward");

    try (Plan inference = backend.compile(graph, PlanRequest.inference(2))) {
      inference.bind(parameters, parameters);
      inference.forward(0);
      assertThrows(
          IllegalStateException.class, () -> inference.backward(slope, GradientListener.NONE));
    }
  }

  /** Many plans one after the other take the memory of a few: what was closed is given back. */
  @TestFactory
  Stream<DynamicTest> closedPlansGiveTheirMemoryBack() {
    return TestedBackends.all().stream()
        .map(backend -> DynamicTest.dynamicTest(backend.name(), () -> openAndClose(backend)));
  }

  private static void openAndClose(Backend backend) {
    Value x = Value.input(Shape.of(3, 64, 64)).conv("conv", 32, 3).norm("bn").relu();
    Case subject = new Case(x.maxPool(2, 2, 0).graph("large"), 16);
    INDArray parameters = subject.parameters(DataType.FLOAT);
    INDArray gradients = parameters.like();
    PlanRequest request = subject.training(Precision.FLOAT32);
    for (int i = 0; i < 4; i++) {
      step(backend, subject, request, parameters, gradients);
    }
    long bytes;
    try (Plan plan = backend.compile(subject.graph(), request)) {
      bytes = plan.memory().totalBytes() + plan.memory().deviceBytes();
    }
    long before = Pointer.physicalBytes();
    for (int i = 0; i < 20; i++) {
      step(backend, subject, request, parameters, gradients);
    }
    long grown = Pointer.physicalBytes() - before;
    assertTrue(
        grown < 8 * bytes,
        String.format(Locale.ROOT, "20 plans of %d bytes left %d bytes behind", bytes, grown));
  }

  /** Without the gradient of the input, the others are the same. */
  @TestFactory
  Stream<DynamicTest> inputGradientIsNoneOfTheOthersBusiness() {
    return TestedBackends.all().stream()
        .map(
            backend ->
                DynamicTest.dynamicTest(backend.name(), () -> inputGradientLeftOut(backend)));
  }

  private static void inputGradientLeftOut(Backend backend) {
    Case subject = new Case(Models.get("resnet20").build(Shape.of(3, 16, 16), 10), 2);
    INDArray parameters = subject.parameters(DataType.FLOAT);
    INDArray with = parameters.like();
    INDArray without = parameters.like();
    PlanRequest request = subject.training(Precision.FLOAT32);
    step(backend, subject, request, parameters, with);
    step(backend, subject, PlanRequest.training(2), parameters, without);
    assertClose("gradients", with, without, TOLERANCE, FLOOR);
  }

  private static void step(
      Backend backend, Case subject, PlanRequest request, INDArray parameters, INDArray gradients) {
    try (Plan plan = backend.compile(subject.graph(), request)) {
      plan.bind(parameters, gradients);
      plan.input().assign(subject.input(DataType.FLOAT));
      plan.forward(0);
      plan.backward(subject.slope(DataType.FLOAT), GradientListener.NONE);
    }
  }
}
