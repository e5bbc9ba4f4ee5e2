package org.convoy.kernels;

import static org.convoy.graph.Activate.Function.SILU;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.kernels.cudnn.Emulated;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The backend cudnn with engines that compute convolutions with all that may be fused into them,
 * and matrix products, on the host: what it hands them, and what it computes around them.
 */
class FusedEnginesTest {
  private static final Backend BACKEND = Emulated.withEngines();

  @BeforeAll
  static void needsTheHostsKernels() {
    assumeTrue(
        BACKEND.unavailable().isEmpty(), () -> "needs " + BACKEND.unavailable().orElseThrow());
  }

  private static Stream<Case> cases() {
    return Stream.of(ChainCases.all(), AttentionCases.all(), FanOutCases.all())
        .flatMap(List::stream);
  }

  @TestFactory
  Stream<DynamicTest> float32ComputesWhatTheReferenceComputes() {
    return cases()
        .map(
            subject ->
                DynamicTest.dynamicTest(
                    subject.toString(), () -> BackendContractTest.compare(BACKEND, subject)));
  }

  /** Without kinks, next to which a rounding changes a gradient altogether. */
  @TestFactory
  Stream<DynamicTest> bfloat16ComputesWhatTheReferenceComputes() {
    Case smooth =
        Case.of(
            "two norms behind convolutions",
            Shape.of(8, 6, 5),
            x -> x.conv("a", 17, 3).norm("an").activate(SILU).conv("b", 8, 1).norm("bn").add(x));
    return Stream.concat(Stream.of(smooth), AttentionCases.all().stream())
        .map(
            subject ->
                DynamicTest.dynamicTest(
                    subject.toString(), () -> BFloat16Test.check(BACKEND, subject)));
  }

  private static Graph network() {
    Value x = Value.input(Shape.of(8, 6, 6));
    Value y = x.conv("a", 16, 3).norm("an").relu().conv("b", 8, 1).norm("bn").add(x).relu();
    return y.conv("c", Convolution.of(8, 3).withBias()).graph("residual");
  }

  private static Set<String> words(PlanRequest request) {
    try (Plan plan = BACKEND.compile(network(), request)) {
      return plan.implementations().values().stream()
          .flatMap(List::stream)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void inferenceIsOneEngineForEachConvolution() {
    Set<String> words = words(PlanRequest.inference(2));
    assertTrue(words.contains("a forward with bias, relu"), words::toString);
    assertTrue(words.contains("b forward with bias, addend, relu"), words::toString);
    assertTrue(words.contains("c forward with bias"), words::toString);
    assertTrue(words.stream().noneMatch(word -> word.startsWith("normalise")), words::toString);
  }

  /** A choice says for every kernel whether it is an engine's, and which one. */
  @Test
  void choicesAreTakenAgain() {
    PlanRequest request = PlanRequest.inference(2);
    Choices engines = BACKEND.choose(network(), request, Tuning.forgetful());
    assertEquals("host", engines.of("a forward with bias, relu").orElseThrow());
    Choices own = Emulated.upwards().choose(network(), request, Tuning.forgetful());
    Set<String> words = words(request.choices(own));
    assertTrue(words.stream().noneMatch(word -> word.contains("with bias")), words::toString);
  }

  /** An engine of another cuDNN, or none at all where there was one. */
  @Test
  void choicesThatAreNotThereAreNamed() {
    String kernel = "a forward with bias, relu";
    PlanRequest request = PlanRequest.inference(2);
    Choices engines = BACKEND.choose(network(), request, Tuning.forgetful());
    Choices other = new Choices(Map.of(kernel, "engine 42"));
    assertEquals(Map.of(), replaced(BACKEND, request.choices(engines)));
    assertEquals(Map.of(), replaced(BACKEND, request));
    assertEquals(Map.of(kernel, "host"), replaced(BACKEND, request.choices(other)));
    assertEquals("convoy:cuda", replaced(Emulated.upwards(), request.choices(engines)).get(kernel));
  }

  private static Map<String, String> replaced(Backend backend, PlanRequest request) {
    try (Plan plan = backend.compile(network(), request)) {
      return plan.replaced();
    }
  }

  @Test
  void enginesWithMoreScratchMemoryThanTheLimitAreNotChosen() {
    PlanRequest request = PlanRequest.training(2).workspaceLimit(0);
    assertEquals(Set.of("convoy:cuda"), Set.copyOf(choices(request)));
    assertTrue(Set.copyOf(choices(PlanRequest.training(2))).contains("host"));
  }

  private static Collection<String> choices(PlanRequest request) {
    return BACKEND.choose(network(), request, Tuning.forgetful()).byKernel().values();
  }

  /** What is told before there is a GPU is enough for whatever engines there are on it. */
  @Test
  void theMemoryOfAPlanCountsTheLimit() {
    long limit = 10L << 20;
    for (PlanRequest request :
        List.of(PlanRequest.training(2), PlanRequest.training(2).precision(Precision.BFLOAT16))) {
      PlanRequest limited = request.workspaceLimit(limit);
      long told = BACKEND.memory(network(), limited).deviceBytes();
      assertTrue(told > limit, () -> told + " bytes");
      assertTrue(told < 2 * limit, () -> told + " bytes");
      for (Backend backend : List.of(BACKEND, Emulated.upwards())) {
        try (Plan plan = backend.compile(network(), limited)) {
          assertTrue(plan.memory().deviceBytes() <= told, () -> told + " and " + plan.memory());
        }
      }
    }
  }
}
