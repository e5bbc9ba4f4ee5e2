package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.convoy.graph.Activate;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Pool;
import org.convoy.loss.CrossEntropy;
import org.convoy.loss.Targets;
import org.convoy.models.Models;
import org.convoy.models.Oracles;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Every model that has a file in the oracle folder computes what torchvision's computes, on every
 * backend: logits in evaluation, logits, loss and gradients of one training step, running
 * statistics after it. {@link BFloat16GoldenTest} holds them in bfloat16.
 *
 * <p>How close: a file says how far PyTorch's own float32 run ends from the file's float64 values,
 * e, as a norm relative to the tensor's. A float32 backend may be {@value #MULTIPLE} e away, a
 * float64 backend {@value #DOUBLE}. A tensor is known by its norm and first elements, as {@link
 * Comparison} takes them. e is the file's worst over all gradients for each gradient, and the
 * file's median for their median.
 *
 * <p>Where a network has kinks, a value that rounding carries across one lets its whole gradient
 * through or stops it. Among n values that moves the gradient by about 1 / sqrt(n) of itself.
 * Whether it happens is luck: PyTorch's float32 run of ResNet-18 was spared (e = 5e-6), that of
 * ResNet-50 was not (e = 3e-2). So for float32 gradients e is at least 1 / sqrt(n), n the size of
 * the smallest tensor behind a kink.
 */
class GoldenTest {
  private static final double MULTIPLE = 4;
  static final double DOUBLE = 1e-9;
  static final Set<Function> KINKED =
      EnumSet.of(Function.RELU, Function.RELU6, Function.LEAKY_RELU);

  private record Subject(Backend backend, Precision precision) {
    @Override
    public String toString() {
      return backend.name() + " " + precision;
    }
  }

  @TestFactory
  Stream<DynamicTest> everyModelComputesWhatTorchvisionDoes() {
    return Golden.files()
        .filter(file -> Models.contains(Golden.modelOf(file)))
        .flatMap(
            file ->
                subjects()
                    .map(
                        subject ->
                            DynamicTest.dynamicTest(
                                Golden.modelOf(file) + " on " + subject,
                                () -> check(Golden.read(file), subject))));
  }

  @Test
  void saysWhichFilesHaveNoModel() {
    assumeTrue(Oracles.goldens().isPresent(), "no oracle folder: set -Dgoldens=FOLDER");
    String missing =
        Golden.files()
            .map(Golden::modelOf)
            .filter(name -> !Models.contains(name))
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      System.out.println("Goldens skipped, the registry has no such model: " + missing);
      abort("the registry has no model " + missing);
    }
  }

  private static Stream<Subject> subjects() {
    return Stream.concat(
        TestedBackends.onlyOne()
            ? Stream.empty()
            : Stream.of(new Subject(Backends.get("nd4j"), Precision.FLOAT64)),
        TestedBackends.registered().stream()
            .map(backend -> new Subject(backend, Precision.FLOAT32)));
  }

  private static void check(Golden golden, Subject subject) {
    Graph graph = golden.graph();
    boolean exact = subject.precision() == Precision.FLOAT64;
    Comparison comparison = new Comparison(e -> exact ? DOUBLE : MULTIPLE * e);
    DataType type = subject.precision().vectors();
    try (INDArray parameters = Golden.parameters(Parameters.of(graph), type)) {
      evaluate(golden, graph, parameters, subject, comparison);
      train(golden, graph, parameters, subject, comparison);
    }
    System.out.printf(Locale.ROOT, "%s on %s: %s%n", golden.model(), subject, comparison.summary());
    comparison.assertHolds();
  }

  private static void evaluate(
      Golden golden, Graph graph, INDArray parameters, Subject subject, Comparison comparison) {
    PlanRequest request = PlanRequest.inference(golden.batch()).precision(subject.precision());
    try (Plan plan = subject.backend().compile(graph, request)) {
      plan.bind(parameters, parameters);
      plan.input().assign(golden.images(parameters.dataType()));
      plan.forward(0);
      comparison.rows("eval", plan.output(), golden.json().get("eval"), golden.float32("eval"));
    }
  }

  private static void train(
      Golden golden, Graph graph, INDArray parameters, Subject subject, Comparison comparison) {
    PlanRequest request = PlanRequest.training(golden.batch()).precision(subject.precision());
    DataType type = parameters.dataType();
    JsonNode train = golden.json().get("train");
    try (Plan plan = subject.backend().compile(graph, request)) {
      Parameters layout = plan.layout();
      INDArray gradients = Nd4j.create(type, layout.length());
      plan.bind(parameters, gradients);
      plan.input().assign(golden.images(type));
      plan.forward(0);
      comparison.rows("train", plan.output(), train, golden.float32("train"));

      INDArray slope = Nd4j.create(type, plan.output().shape());
      float[] weights = Nd4j.ones(golden.batch()).toFloatVector();
      double loss =
          new CrossEntropy(0.1)
              .evaluate(plan.output(), Targets.classes(golden.labels()), weights, slope);
      double lossTolerance = Math.max(golden.float32("loss"), golden.float32("train"));
      comparison.number("loss", loss, train.get("loss").asDouble(), lossTolerance);

      plan.backward(slope, GradientListener.NONE);
      gradients(golden, graph, layout, gradients, comparison);

      new RunningStatistics(graph, layout, golden.batch()).update(parameters, gradients, 1);
      for (Parameter tensor : layout.all()) {
        if (!tensor.kind().trainable()) {
          JsonNode expected = golden.json().get("running").get(tensor.name());
          comparison.tensor(
              tensor.name(), layout.view(parameters, tensor), expected, golden.float32("train"));
        }
      }
      gradients.close();
    }
  }

  private static void gradients(
      Golden golden, Graph graph, Parameters layout, INDArray gradients, Comparison comparison) {
    List<Double> all = new ArrayList<>();
    double kink = kink(graph, golden.batch());
    double each = Math.max(kink, golden.float32("gradient_max"));
    for (Parameter tensor : layout.all()) {
      JsonNode expected = golden.json().get("gradients").get(tensor.name());
      // A bias in front of a normalisation has no gradient but noise, and is not in the file.
      if (tensor.kind().trainable() && expected != null) {
        INDArray gradient = layout.view(gradients, tensor);
        all.add(comparison.tensor(tensor.name(), gradient, expected, each));
      }
    }
    assertEquals(golden.json().get("gradients").size(), all.size(), "gradients compared");
    all.sort(null);
    double median = Math.max(kink, golden.float32("gradient_median"));
    comparison.number("median error of the gradients", all.get(all.size() / 2), 0, median);
  }

  /**
   * What one value on the other side of a kink moves a gradient by, relative; 0 for a smooth
   * network.
   */
  static double kink(Graph graph, int batch) {
    return graph.nodes().stream()
        .filter(
            node ->
                (node.op() instanceof Activate activate && KINKED.contains(activate.function()))
                    || (node.op() instanceof Pool pool && pool.kind() == Pool.Kind.MAX))
        .mapToDouble(node -> 1 / Math.sqrt(batch * node.shape().elements()))
        .max()
        .orElse(0);
  }
}
