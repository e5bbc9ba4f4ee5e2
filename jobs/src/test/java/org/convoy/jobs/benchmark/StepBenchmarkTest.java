package org.convoy.jobs.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Backends;
import org.convoy.kernels.KernelTime;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.kernels.Tuning;
import org.convoy.models.Models;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class StepBenchmarkTest {
  private static final Backend ONEDNN = Backends.get("onednn");
  private static final Graph NETWORK = Models.get("resnet20").build();

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void theRightStepIsVerified(Precision precision) {
    for (Verification distance :
        List.of(
            Verification.of(ONEDNN, NETWORK, PlanRequest.training(4).precision(precision)),
            Verification.of(ONEDNN, NETWORK, PlanRequest.inference(4).precision(precision)))) {
      assertTrue(distance.holds(), distance.toString());
    }
  }

  /**
   * A norm's epsilon, a thousandth of its variance here, is a slip that a loss curve would hide.
   */
  @Test
  void aStepThatIsSlightlyWrongIsRefused() {
    Backend wrong =
        new Backend() {
          @Override
          public String name() {
            return "wrong";
          }

          @Override
          public Plan compile(Graph graph, PlanRequest request) {
            String json = graph.toJson().replace("1.0E-5", "1.0E-3");
            assertFalse(json.equals(graph.toJson()));
            return ONEDNN.compile(Graph.fromJson(json), request);
          }
        };
    for (Verification distance :
        List.of(
            Verification.of(wrong, NETWORK, PlanRequest.training(4).precision(Precision.FLOAT32)),
            Verification.of(
                wrong, NETWORK, PlanRequest.inference(4).precision(Precision.FLOAT32)))) {
      assertFalse(distance.holds(), distance.toString());
    }
  }

  @Test
  void workOfTheKernelsIsThatOfTheNetwork() {
    int batch = 2;
    StepBenchmark.Result result =
        new StepBenchmark(ONEDNN, NETWORK, PlanRequest.training(batch)).run(1);
    long forward =
        result.kernels().stream()
            .filter(kernel -> kernel.phase() == KernelTime.Phase.FORWARD)
            .mapToLong(KernelTime::work)
            .sum();
    assertEquals(2 * batch * NETWORK.multiplyAdds(), forward);
    assertTrue(
        result.kernels().stream()
            .allMatch(k -> k.seconds() > 0 && k.secondsInStep() > 0 && k.bytes() > 0));
    assertTrue(result.imagesPerSecond() > 0 && result.boundImagesPerSecond() > 0);
  }

  @Test
  void theBoundCountsTheFastestImplementationOfEachKernel() {
    Backend found =
        new Backend() {
          @Override
          public String name() {
            return "found";
          }

          @Override
          public Plan compile(Graph graph, PlanRequest request) {
            return ONEDNN.compile(graph, request);
          }

          @Override
          public Map<String, Double> fastest(Graph graph, PlanRequest request, Tuning tuning) {
            return graph.nodes().stream()
                .filter(node -> node.op() instanceof Convolution)
                .flatMap(
                    node ->
                        Stream.of("forward", "data gradient", "weight gradient")
                            .map(
                                role ->
                                    String.format(Locale.ROOT, "conv %s %s", role, node.name())))
                .collect(Collectors.toMap(word -> word, word -> 0.0));
          }
        };
    StepBenchmark.Result result = new StepBenchmark(found, NETWORK, PlanRequest.training(2)).run(1);
    double others =
        result.kernels().stream()
            .filter(kernel -> !kernel.copies() && !kernel.word().startsWith("conv "))
            .mapToDouble(KernelTime::seconds)
            .sum();
    assertEquals(2 / (others + result.updateMillis() * 1e-3), result.boundImagesPerSecond(), 1e-3);
  }

  @Test
  void inferenceHasNoBackward() {
    StepBenchmark.Result result =
        new StepBenchmark(ONEDNN, NETWORK, PlanRequest.inference(1)).run(1);
    assertTrue(result.kernels().stream().allMatch(k -> k.phase() == KernelTime.Phase.FORWARD));
    assertEquals(0, result.backwardMillis() + result.updateMillis());
  }
}
