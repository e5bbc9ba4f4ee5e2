package org.convoy.kernels.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.convoy.graph.Convolution;
import org.convoy.graph.Draws;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Backends;
import org.convoy.kernels.Choices;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.Mode;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.kernels.Tuning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Whatever implementations a plan has, it computes what the reference computes. */
class TunerTest {
  private static final Backend ONEDNN = Backends.get("onednn");

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  /** Convolutions of several kinds, a shortcut, wide depthwise windows. */
  private static Graph network() {
    Value x = Value.input(Shape.of(3, 12, 12)).conv("stem", 16, 3).norm("norm").relu();
    Value y = x.conv("deep", Convolution.of(16, 5).groups(16)).norm("deepnorm").relu();
    x = y.conv("point", 16, 1).norm("pointnorm").add(x).relu();
    x = x.conv("down", 32, 3, 2).norm("downnorm").relu();
    return x.globalAveragePool().linear("fc", 5).graph("small");
  }

  private Tuning remembering() {
    return new Tuning(Duration.ofMinutes(1), Optional.of(folder));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void chosenImplementationsComputeWhatTheReferenceComputes(Precision precision) {
    for (PlanRequest plain : List.of(PlanRequest.training(4), PlanRequest.inference(4))) {
      PlanRequest request = plain.precision(ONEDNN.effective(precision));
      Choices choices = ONEDNN.choose(network(), request, remembering());
      assertTrue(choices.of("stem forward").isPresent(), choices::toJson);
      holds(request.choices(choices));
    }
  }

  @Test
  void theFastestImplementationsAreKnownByTheWordsOfThePlansKernels() {
    Map<String, Double> fastest =
        ONEDNN.fastest(network(), PlanRequest.training(4).withInputGradient(), remembering());
    for (String node : List.of("stem", "deep", "point", "down")) {
      for (String role : List.of("forward", "data gradient", "weight gradient")) {
        assertTrue(
            fastest.containsKey(String.format(Locale.ROOT, "conv %s %s", role, node)),
            node + " " + role);
      }
    }
    assertTrue(fastest.keySet().containsAll(List.of("norm", "deepnorm", "downnorm")));
    assertTrue(fastest.values().stream().allMatch(seconds -> seconds > 0));
  }

  @Test
  void everyLayoutAndImplementationComputesWhatTheReferenceComputes() {
    for (String layout : List.of("blocked", "channels-last")) {
      Map<String, String> ways = new HashMap<>();
      for (String name : List.of("norm", "deepnorm", "pointnorm", "downnorm")) {
        ways.put(name, layout);
      }
      for (String name : List.of("stem", "deep", "point", "down")) {
        for (String role : List.of("forward", "data gradient", "weight gradient")) {
          ways.put(name + " " + role, layout + " fast");
        }
      }
      // A mixture: every second kernel by rule.
      holds(PlanRequest.training(4).choices(new Choices(ways)));
      ways.keySet().removeIf(kernel -> kernel.hashCode() % 2 == 0);
      holds(PlanRequest.training(4).choices(new Choices(ways)));
    }
  }

  /**
   * Holds a plan to the reference in float64. In float32 some hundred roundings are between the
   * two; in bfloat16 a plan may be twice as far as the reference in bfloat16.
   */
  private static void holds(PlanRequest request) {
    Backend reference = Backends.get("nd4j");
    PlanRequest plain = request.choices(Choices.NONE);
    List<INDArray> exact = computed(reference, plain.precision(Precision.FLOAT64));
    List<INDArray> actual = computed(ONEDNN, request);
    double[] allowed = {1e-5, 5e-3};
    if (request.precision() == Precision.BFLOAT16) {
      List<INDArray> rounded = computed(reference, plain);
      for (int i = 0; i < exact.size(); i++) {
        allowed[i] = 2 * distance(rounded.get(i), exact.get(i));
      }
    }
    for (int i = 0; i < exact.size(); i++) {
      double distance = distance(actual.get(i), exact.get(i));
      String what = String.format(Locale.ROOT, "%s of %s", i == 0 ? "output" : "gradient", request);
      assertTrue(distance <= allowed[i], () -> what + " is off by " + distance);
    }
  }

  /** The output and, of a training plan, the gradient of all trained tensors. */
  private static List<INDArray> computed(Backend backend, PlanRequest request) {
    Graph graph = network();
    Parameters layout = Parameters.of(graph);
    DataType type = request.precision().vectors();
    INDArray parameters = layout.initialize(0, type);
    INDArray gradient = parameters.like();
    try (Plan plan = backend.compile(graph, request)) {
      plan.bind(parameters, gradient);
      fill(plan.input(), "images");
      plan.forward(0);
      INDArray output = plan.output().dup().castTo(DataType.DOUBLE);
      if (request.mode() == Mode.INFERENCE) {
        return List.of(output);
      }
      INDArray outputGradient = plan.output().like();
      fill(outputGradient, "output gradient");
      plan.backward(outputGradient, GradientListener.NONE);
      INDArray trained = gradient.get(NDArrayIndex.interval(0, layout.trainableLength()));
      return List.of(output, trained.castTo(DataType.DOUBLE));
    }
  }

  private static void fill(INDArray tensor, String name) {
    Draws draws = new Draws(0, name);
    for (long i = 0; i < tensor.length(); i++) {
      tensor.data().put(i, (float) draws.normal(i));
    }
  }

  private static double distance(INDArray actual, INDArray exact) {
    return actual.sub(exact).norm2Number().doubleValue() / exact.norm2Number().doubleValue();
  }

  @Test
  void unknownImplementationsAreReplacedByTheRule() {
    holds(
        PlanRequest.training(4)
            .choices(
                new Choices(
                    Map.of("stem forward", "diagonal", "down forward", "blocked jit:tomorrow"))));
  }

  @Test
  void whatWasTimedIsRememberedUntilItsFileIsDamaged() throws IOException {
    PlanRequest request = PlanRequest.inference(2);
    Choices first = ONEDNN.choose(network(), request, remembering());
    Path file;
    try (var files = Files.list(folder)) {
      file = files.findFirst().orElseThrow();
    }
    byte[] timings = Files.readAllBytes(file);
    assertEquals(first, ONEDNN.choose(network(), request, remembering()));
    assertEquals(timings.length, Files.size(file), "nothing was timed again");

    Path other = Files.createDirectory(folder.resolve("other"));
    Path damaged = Files.writeString(other.resolve(file.getFileName()), "{ \"half");
    Tuning elsewhere = new Tuning(Duration.ofMinutes(1), Optional.of(other));
    assertEquals(
        first.byKernel().keySet(),
        ONEDNN.choose(network(), request, elsewhere).byKernel().keySet());
    assertTrue(Files.size(damaged) > timings.length / 2, "written anew");
  }

  @Test
  void withoutTimeEverythingGoesByRule() {
    Tuning none = new Tuning(Duration.ZERO, Optional.of(folder));
    Choices choices = ONEDNN.choose(network(), PlanRequest.training(3), none);
    assertTrue(choices.byKernel().values().stream().noneMatch(way -> way.contains("jit")));
    holds(PlanRequest.training(3).choices(choices));
  }

  @Test
  void choicesOfOlderVersionsAreRead() {
    Choices choices =
        Choices.fromJson("{\"a by input\": \"blocked fast\", \"a by weight\": \"free any\"}");
    assertEquals(
        Map.of("a data gradient", "blocked fast", "a weight gradient", "free any"),
        choices.byKernel());
  }

  @Test
  void choicesAreReadAsTheyWereWritten() {
    Choices choices = new Choices(Map.of("a forward", "blocked fast", "b", "channels-last"));
    assertEquals(choices, Choices.fromJson(choices.toJson()));
    assertThrows(IllegalArgumentException.class, () -> Choices.fromJson("[1]"));
  }
}
