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
import org.convoy.benchmark.Verification;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Backends;
import org.convoy.kernels.Choices;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.kernels.Tuning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever way a plan goes, it computes what the reference computes. */
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
  void chosenWaysComputeWhatTheReferenceComputes(Precision precision) {
    for (PlanRequest plain : List.of(PlanRequest.training(4), PlanRequest.inference(4))) {
      PlanRequest request = plain.precision(ONEDNN.effective(precision));
      Choices choices = ONEDNN.choose(network(), request, remembering());
      assertTrue(choices.of("stem forward").isPresent(), choices::toJson);
      holds(request.choices(choices));
    }
  }

  @Test
  void theFastestWaysAreKnownByTheWordsOfThePlansKernels() {
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

  private static void holds(PlanRequest request) {
    Verification distance = Verification.of(ONEDNN, network(), request);
    assertTrue(distance.holds(), () -> distance + " of " + request);
  }

  @Test
  void waysThatThisVersionDoesNotKnowGiveWayToTheRule() {
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
  void choicesAreReadAsTheyWereWritten() {
    Choices choices = new Choices(Map.of("a forward", "blocked fast", "b", "channels-last"));
    assertEquals(choices, Choices.fromJson(choices.toJson()));
    assertThrows(IllegalArgumentException.class, () -> Choices.fromJson("[1]"));
  }
}
