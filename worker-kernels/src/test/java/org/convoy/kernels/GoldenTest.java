package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.convoy.graph.Activate;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.Dropout;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Pool;
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
 * statistics after it.
 *
 * <p>How close: a file says how far PyTorch's own float32 run ends from the file's float64 values,
 * e, as a norm relative to the tensor's. A float32 backend may be {@value #MULTIPLE} e away, a
 * float64 backend {@value #DOUBLE}. A tensor is known by its norm and first elements; the norm may
 * err by that much of itself, an element by {@value #ELEMENT} times its share {@code norm /
 * sqrt(length)}. e is the file's worst over all gradients for each gradient, and the file's median
 * for their median.
 *
 * <p>Where a network has kinks, a value that rounding carries across one lets its whole gradient
 * through or stops it. Among n values that moves the gradient by about 1 / sqrt(n) of itself.
 * Whether it happens is luck: PyTorch's float32 run of ResNet-18 was spared (e = 5e-6), that of
 * ResNet-50 was not (e = 3e-2). So for float32 gradients e is at least 1 / sqrt(n), n the size of
 * the smallest tensor behind a kink.
 */
class GoldenTest {
  private static final double MULTIPLE = 4;
  private static final double DOUBLE = 1e-9;
  private static final double ELEMENT = 8;
  private static final Set<Function> KINKED =
      EnumSet.of(Function.RELU, Function.RELU6, Function.LEAKY_RELU);

  private record Subject(Backend backend, Precision precision) {
    @Override
    public String toString() {
      return backend.name() + " " + precision;
    }
  }

  @TestFactory
  Stream<DynamicTest> everyModelComputesWhatTorchvisionDoes() {
    return files()
        .filter(file -> Models.contains(modelOf(file)))
        .flatMap(
            file ->
                subjects()
                    .map(
                        subject ->
                            DynamicTest.dynamicTest(
                                modelOf(file) + " on " + subject,
                                () -> check(Golden.read(file), subject))));
  }

  @Test
  void saysWhichFilesHaveNoModel() {
    assumeTrue(Oracles.goldens().isPresent(), "no oracle folder: set -Dgoldens=FOLDER");
    String missing =
        files()
            .map(GoldenTest::modelOf)
            .filter(name -> !Models.contains(name))
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      System.out.println("Goldens skipped, the registry has no such model: " + missing);
      abort("the registry has no model " + missing);
    }
  }

  private static Stream<Subject> subjects() {
    return Stream.concat(
        Stream.of(new Subject(Backends.get("nd4j"), Precision.FLOAT64)),
        Backends.all().stream().map(backend -> new Subject(backend, Precision.FLOAT32)));
  }

  private static Stream<Path> files() {
    Optional<Path> folder = Oracles.goldens();
    if (folder.isEmpty()) {
      return Stream.empty();
    }
    try (Stream<Path> files = Files.list(folder.get())) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList().stream();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String modelOf(Path file) {
    return file.getFileName().toString().replace(".json", "");
  }

  private static void check(Golden golden, Subject subject) {
    Graph graph = withoutDropout(Models.get(golden.model()).build(golden.image(), 1000));
    Comparison comparison = new Comparison(subject.precision());
    evaluate(golden, graph, subject, comparison);
    train(golden, graph, subject, comparison);
    System.out.printf("%s on %s: %s%n", golden.model(), subject, comparison.summary());
    assertTrue(comparison.failures.isEmpty(), comparison::told);
  }

  /** The files were made with every dropout's probability set to 0. */
  private static Graph withoutDropout(Graph graph) {
    List<Node> nodes =
        graph.nodes().stream()
            .map(
                node ->
                    node.op() instanceof Dropout dropout
                        ? new Node(
                            node.name(),
                            new Dropout(dropout.kind(), 0, dropout.blockSize()),
                            node.inputs(),
                            node.shape())
                        : node)
            .toList();
    return new Graph(graph.name(), nodes);
  }

  private static void evaluate(Golden golden, Graph graph, Subject subject, Comparison comparison) {
    PlanRequest request = PlanRequest.inference(golden.batch()).precision(subject.precision());
    DataType type = subject.precision().vectors();
    try (Plan plan = subject.backend().compile(graph, request)) {
      INDArray parameters = Golden.parameters(plan.layout(), type);
      plan.bind(parameters, parameters);
      plan.input().assign(golden.images(type));
      plan.forward(0);
      comparison.rows("eval", plan.output(), golden.json().get("eval"), golden.float32("eval"));
      parameters.close();
    }
  }

  private static void train(Golden golden, Graph graph, Subject subject, Comparison comparison) {
    PlanRequest request = PlanRequest.training(golden.batch()).precision(subject.precision());
    DataType type = subject.precision().vectors();
    JsonNode train = golden.json().get("train");
    try (Plan plan = subject.backend().compile(graph, request)) {
      Parameters layout = plan.layout();
      INDArray parameters = Golden.parameters(layout, type);
      INDArray gradients = Nd4j.create(type, layout.length());
      plan.bind(parameters, gradients);
      plan.input().assign(golden.images(type));
      plan.forward(0);
      comparison.rows("train", plan.output(), train, golden.float32("train"));

      INDArray slope = Nd4j.create(type, plan.output().shape());
      float[] weights = Nd4j.ones(golden.batch()).toFloatVector();
      double loss =
          new Loss.SoftmaxCrossEntropy(0.1)
              .evaluate(plan.output(), golden.labels(), weights, slope);
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
      parameters.close();
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
  private static double kink(Graph graph, int batch) {
    return graph.nodes().stream()
        .filter(
            node ->
                (node.op() instanceof Activate activate && KINKED.contains(activate.function()))
                    || (node.op() instanceof Pool pool && pool.kind() == Pool.Kind.MAX))
        .mapToDouble(node -> 1 / Math.sqrt(batch * node.shape().elements()))
        .max()
        .orElse(0);
  }

  /** Gathers what is too far off, so that one run tells all of it. */
  private static final class Comparison {
    private final boolean exact;
    final List<String> failures = new ArrayList<>();
    private double worst;
    private String worstName = "nothing";

    Comparison(Precision precision) {
      this.exact = precision == Precision.FLOAT64;
    }

    private double allowed(double float32) {
      return exact ? DOUBLE : MULTIPLE * float32;
    }

    void number(String what, double actual, double expected, double float32) {
      double unit = expected == 0 ? 1 : Math.abs(expected);
      judge(what, actual, expected, allowed(float32) * unit);
    }

    /** Compares logits with the norm of all and the first elements of each row. */
    void rows(String what, INDArray logits, JsonNode expected, double float32) {
      double norm = expected.get("norm").asDouble();
      judge(what + " norm", norm(logits), norm, allowed(float32) * norm);
      for (int row = 0; row < expected.get("rows").size(); row++) {
        JsonNode head = expected.get("rows").get(row);
        for (int i = 0; i < head.size(); i++) {
          judge(
              "%s[%d][%d]".formatted(what, row, i),
              logits.getDouble(row, i),
              head.get(i).asDouble(),
              allowed(float32) * ELEMENT * norm / Math.sqrt(logits.length()));
        }
      }
    }

    /**
     * Compares a tensor with its norm and first elements.
     *
     * @return the larger of the norm's error and the elements' root mean square error, relative
     */
    double tensor(String what, INDArray tensor, JsonNode expected, double float32) {
      double norm = expected.get(0).asDouble();
      double share = norm / Math.sqrt(tensor.length());
      judge(what + " norm", norm(tensor), norm, allowed(float32) * norm);
      INDArray flat = tensor.reshape(tensor.length());
      double squares = 0;
      for (int i = 1; i < expected.size() && i <= tensor.length(); i++) {
        double value = expected.get(i).asDouble();
        double actual = flat.getDouble(i - 1);
        judge("%s[%d]".formatted(what, i - 1), actual, value, allowed(float32) * ELEMENT * share);
        squares += (actual - value) * (actual - value) / (share * share);
      }
      return Math.max(
          Math.abs(norm(tensor) / norm - 1), Math.sqrt(squares / (expected.size() - 1)));
    }

    private static double norm(INDArray tensor) {
      INDArray wide = tensor.castTo(DataType.DOUBLE);
      double norm = wide.norm2Number().doubleValue();
      if (tensor.dataType() != DataType.DOUBLE) {
        wide.close();
      }
      return norm;
    }

    private void judge(String what, double actual, double expected, double allowed) {
      double error = Math.abs(actual - expected);
      if (!(error <= allowed)) {
        failures.add(
            "%s: expected %s within %.1e, got %s".formatted(what, expected, allowed, actual));
      }
      if (!(error / allowed <= worst)) {
        worst = error / allowed;
        worstName = what;
      }
    }

    /** The first failures and how many there are. */
    String told() {
      return failures.size()
          + " values are too far off:\n"
          + failures.stream().limit(12).collect(Collectors.joining("\n"));
    }

    String summary() {
      return "worst error %.3f of what is allowed, at %s".formatted(worst, worstName);
    }
  }
}
