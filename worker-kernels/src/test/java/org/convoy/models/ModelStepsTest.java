package org.convoy.models;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.convoy.graph.Dropout;
import org.convoy.graph.Graph;
import org.convoy.graph.GraphException;
import org.convoy.graph.Initializer;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.ParameterKind;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.kernels.Backend;
import org.convoy.kernels.DropoutMask;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.kernels.TestedBackends;
import org.convoy.loss.CrossEntropy;
import org.convoy.loss.Targets;
import org.convoy.models.Models.Model;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The cheapest network of each family takes a step in every precision, which gives each parameter a
 * finite gradient. The others of a family differ from it only in numbers; {@code
 * -Dconvoy.models.all=true} lets all of them take it.
 */
class ModelStepsTest {
  private static final boolean ALL = Boolean.getBoolean("convoy.models.all");

  @TestFactory
  Stream<DynamicTest> everyParameterGetsAGradient() {
    return models()
        .flatMap(
            model ->
                TestedBackends.registered().stream()
                    .filter(backend -> cheap(backend, model))
                    .flatMap(
                        backend -> precisions(backend).map(bits -> step(model, backend, bits))));
  }

  private static Stream<Model> models() {
    return ALL
        ? Models.all().stream()
        : Models.families().stream()
            .map(family -> family.stream().min(Comparator.comparing(ModelStepsTest::cost)))
            .flatMap(cheapest -> cheapest.stream());
  }

  private static long cost(Model model) {
    return shrunk(model).multiplyAdds();
  }

  /** The reference backend runs only where it is quick. */
  private static boolean cheap(Backend backend, Model model) {
    return !backend.name().equals("nd4j") || cost(model) < 20_000_000;
  }

  private static Stream<Precision> precisions(Backend backend) {
    return backend.name().equals("nd4j")
        ? Stream.of(Precision.FLOAT32)
        : Stream.of(Precision.FLOAT32, Precision.BFLOAT16);
  }

  /** The model for an image of at most 64 pixels, or 96 where its windows need them. */
  private static Graph shrunk(Model model) {
    try {
      return withSide(model, 64);
    } catch (GraphException tooSmall) {
      return withSide(model, 96);
    }
  }

  private static Graph withSide(Model model, int most) {
    int side = Math.min(most, model.input().dimension(1));
    return model.build(Shape.of(model.input().channels(), side, side), 5);
  }

  private static DynamicTest step(Model model, Backend backend, Precision precision) {
    return DynamicTest.dynamicTest(
        model.name() + " on " + backend.name() + " " + precision,
        () -> check(model, backend, precision));
  }

  private static void check(Model model, Backend backend, Precision precision) {
    Graph graph = shrunk(model);
    PlanRequest request = PlanRequest.training(2).precision(precision);
    try (Plan plan = backend.compile(graph, request)) {
      checkImplementations(plan);
      Parameters layout = plan.layout();
      // Behind weights that start at zero there is no gradient in the first step.
      boolean stopped =
          layout.all().stream()
              .anyMatch(
                  tensor ->
                      tensor.kind() == ParameterKind.WEIGHT
                          && tensor.initializer().equals(new Initializer.Constant(0)));
      INDArray parameters = layout.initialize(1, DataType.FLOAT);
      INDArray gradients = Nd4j.create(DataType.FLOAT, layout.length());
      plan.bind(parameters, gradients);
      plan.input().assign(image(plan.input()));
      plan.forward(keyThatKeepsEveryBranch(graph, 2));
      INDArray gradient = Nd4j.create(DataType.FLOAT, plan.output().shape());
      double loss =
          new CrossEntropy(0)
              .evaluate(plan.output(), Targets.classes(0, 3), new float[] {1, 1}, gradient);
      assertTrue(loss > 0 && loss < 100, "loss " + loss);
      plan.backward(gradient, GradientListener.NONE);
      for (Parameter tensor : layout.all()) {
        double norm = layout.view(gradients, tensor).norm2Number().doubleValue();
        assertTrue(Double.isFinite(norm), tensor.name() + " has gradient norm " + norm);
        if (tensor.kind() == ParameterKind.WEIGHT && !stopped) {
          assertTrue(norm > 0, tensor.name() + " has no gradient");
        }
      }
      parameters.close();
      gradients.close();
    }
  }

  /**
   * No kernel is code that oneDNN has for comparison alone, and no batch norm reads C order, for
   * which oneDNN is up to a hundred times as slow.
   */
  private static void checkImplementations(Plan plan) {
    plan.implementations()
        .forEach(
            (name, words) -> {
              assertFalse(name.startsWith("ref"), () -> name + ": " + words);
              boolean norm = words.stream().anyMatch(word -> word.startsWith("norm "));
              assertFalse(norm && name.startsWith("ncsp"), () -> name + ": " + words);
            });
  }

  /** A key with which stochastic depth drops no branch for all samples at once. */
  private static long keyThatKeepsEveryBranch(Graph graph, int batch) {
    return LongStream.range(0, 1000)
        .filter(key -> graph.nodes().stream().allMatch(node -> keeps(node, batch, key)))
        .findFirst()
        .orElseThrow();
  }

  private static boolean keeps(Node node, int batch, long key) {
    if (!(node.op() instanceof Dropout op) || op.kind() != Dropout.Kind.SAMPLE) {
      return true;
    }
    float[] factors = new float[batch];
    new DropoutMask(op, node.name(), node.shape().batched(batch))
        .draw(key, FloatBuffer.wrap(factors));
    return !Arrays.equals(factors, new float[batch]);
  }

  /** A smooth pattern that differs from position to position. */
  private static INDArray image(INDArray like) {
    double[] values = new double[(int) like.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.sin(0.37 * i) + Math.cos(1e-4 * i * i);
    }
    return Nd4j.createFromArray(values).castTo(DataType.FLOAT).reshape('c', like.shape());
  }
}
