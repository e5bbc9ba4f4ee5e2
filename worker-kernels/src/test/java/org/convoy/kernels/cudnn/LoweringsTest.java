package org.convoy.kernels.cudnn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.convoy.graph.Fusion;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.kernels.Recomputation;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.plan.Program;
import org.convoy.models.Models;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every network of the registry is lowered for a GPU, at batch 2 and its own resolution: in float32
 * with Convoy's own kernels alone, in bfloat16 with engines for all that may have one. Its steps
 * are checked, not run: a tensor of the arena is written before it is read, no two that live
 * together overlap, parts stay within their buffers, and every parameter is finished once. That the
 * kernels compute what they should, the contract shows on small cases.
 */
class LoweringsTest {

  @TestFactory
  Stream<DynamicTest> everyNetworkIsLowered() {
    return Models.all().stream()
        .map(model -> DynamicTest.dynamicTest(model.name(), () -> check(model)));
  }

  private static void check(Models.Model model) {
    Graph graph = model.build();
    check(graph, Precision.FLOAT32, Engines.NONE);
    check(graph, Precision.BFLOAT16, new HostEngines());
  }

  private static void check(Graph graph, Precision precision, Engines engines) {
    check(graph, PlanRequest.inference(2).precision(precision), engines);
    PlanRequest training = PlanRequest.training(2).precision(precision);
    check(graph, training, engines);
    check(graph, training.recomputation(Recomputation.BLOCKS), engines);
  }

  private static void check(Graph graph, PlanRequest request, Engines engines) {
    Parameters layout = Parameters.of(graph);
    Program<Step> program =
        GraphLowering.lower(Fusion.apply(graph), layout, request, engines).program();
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
