package org.convoy.kernels.cudnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.convoy.graph.Attention;
import org.convoy.graph.Embedding;
import org.convoy.graph.Fusion;
import org.convoy.graph.Graph;
import org.convoy.graph.Op;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.RelativeAttention;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.kernels.Recomputation;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.plan.Program;
import org.convoy.models.Models;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every network of the registry without attention is lowered for a GPU, at batch 2 and its own
 * resolution. Its steps are checked, not run: a tensor of the arena is written before it is read,
 * no two that live together overlap, parts stay within their buffers, and every parameter is
 * finished once. That the kernels compute what they should, the contract shows on small cases.
 */
class LoweringsTest {

  private static final Set<Class<? extends Op>> REFUSED =
      Set.of(Attention.class, Embedding.class, RelativeAttention.class);

  @TestFactory
  Stream<DynamicTest> everyNetworkIsLowered() {
    return Models.all().stream()
        .map(model -> DynamicTest.dynamicTest(model.name(), () -> check(model)));
  }

  private static void check(Models.Model model) {
    Graph graph = model.build();
    if (graph.nodes().stream().anyMatch(node -> REFUSED.contains(node.op().getClass()))) {
      assertThrows(
          UnsupportedOperationException.class, () -> check(graph, PlanRequest.inference(2)));
      return;
    }
    for (Precision precision : List.of(Precision.FLOAT32, Precision.BFLOAT16)) {
      check(graph, PlanRequest.inference(2).precision(precision));
      PlanRequest training = PlanRequest.training(2).precision(precision);
      check(graph, training);
      check(graph, training.recomputation(Recomputation.BLOCKS));
    }
  }

  private static void check(Graph graph, PlanRequest request) {
    Parameters layout = Parameters.of(graph);
    Program<Step> program =
        GraphLowering.lower(Fusion.apply(graph), layout, request, Convolver.NONE);
    List<Step> steps = new ArrayList<>(program.refresh());
    steps.addAll(program.forward());
    steps.addAll(program.backward());
    Lifetimes lifetimes = new Lifetimes(steps);
    lifetimes.assertWrittenBeforeRead();
    lifetimes.assertNoOverlaps(program.arenaBytes());
    lifetimes.assertWithin(Home.PARAMETERS, layout.length() * Float.BYTES);
    lifetimes.assertWithin(Home.GRADIENTS, layout.length() * Float.BYTES);
    if (!program.backward().isEmpty()) {
      assertFinished(layout, program.backward());
    }
  }

  private static void assertFinished(Parameters layout, List<Step> backward) {
    List<Long> expected =
        layout.all().stream()
            .filter(tensor -> tensor.kind().trainable())
            .map(Parameter::offset)
            .toList();
    List<Long> actual =
        backward.stream()
            .filter(Step.Finished.class::isInstance)
            .map(step -> ((Step.Finished) step).from())
            .sorted()
            .toList();
    assertEquals(expected, actual, "parameters that are finished");
  }
}
