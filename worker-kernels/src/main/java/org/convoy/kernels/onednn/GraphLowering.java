package org.convoy.kernels.onednn;

import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.kernels.PlanRequest;
import org.jspecify.annotations.Nullable;

/**
 * Lowers a whole graph: forward in node order, backward in the opposite order. Where blocks are
 * computed a second time, backward of a block follows its second forward.
 */
final class GraphLowering {
  private final Lowering lowering;
  private final Graph graph;
  private final Parameters layout;
  private final PlanRequest request;
  private final Lowered.@Nullable Backward[] backwards;

  private GraphLowering(Natives natives, Graph fused, Parameters layout, PlanRequest request) {
    this.lowering = new Lowering(natives, fused, layout, request);
    this.graph = fused;
    this.layout = layout;
    this.request = request;
    this.backwards = new Lowered.Backward[fused.nodes().size()];
  }

  static Program lower(Natives natives, Graph fused, Parameters layout, PlanRequest request) {
    return new GraphLowering(natives, fused, layout, request).run();
  }

  private Program run() {
    Steps steps = lowering.steps();
    List<Blocks.Block> blocks = lowering.recomputes() ? Blocks.of(graph) : Blocks.whole(graph);
    blocks.forEach(block -> forward(block, any -> true));
    int last = graph.nodes().size() - 1;
    steps.enter("");
    steps.reorder("output", lowering.output(last), lowering.edge(Home.OUTPUT, node(last)));
    if (lowering.training()) {
      steps.enterBackward();
      // Nobody writes the gradients of frozen tensors.
      layout.all().stream()
          .filter(tensor -> tensor.kind().trainable() && !lowering.flow().trains(tensor))
          .forEach(steps::finished);
      beginBackward(last);
      for (int i = blocks.size() - 1; i >= 0; i--) {
        if (i < blocks.size() - 1) {
          // Of what backward needs only what leaves a block has been kept; the rest is made anew.
          lowering.forgetCopies();
          forward(blocks.get(i), lowering::wantsGradient);
        }
        backward(blocks.get(i));
      }
      steps.enter("");
      if (request.inputGradient()) {
        Tensor edge = lowering.edge(Home.INPUT_GRADIENT, node(0));
        lowering
            .gradients()
            .of(0)
            .ifPresent(sum -> steps.reorder("input gradient", sum.tensor(), edge));
      }
    }
    return steps.program(lowering.weights().constants());
  }

  private void beginBackward(int last) {
    if (lowering.wantsGradient(last)) {
      Tensor gradient = lowering.edge(Home.OUTPUT_GRADIENT, node(last));
      Desc wanted = lowering.output(last).desc();
      lowering.contribute(last, lowering.convert(gradient, wanted), false);
    }
  }

  private Node node(int index) {
    return graph.nodes().get(index);
  }

  private void forward(Blocks.Block block, IntPredicate which) {
    Chains chains = lowering.chains();
    for (int i = block.from(); i <= block.to(); i++) {
      if (chains.deferred(i) || !which.test(i)) {
        continue;
      }
      Optional<Chain> chain = chains.endingAt(i);
      lowering.enter(i, chain.map(Chain::convolution).orElse(node(i)).name());
      Lowered lowered =
          chain.isPresent()
              ? Convolutions.lower(lowering, chain.get())
              : Lowerings.lower(lowering, node(i));
      lowering.setOutput(i, lowered.output());
      backwards[i] = lowered.backward();
    }
  }

  private void backward(Blocks.Block block) {
    for (int i = block.to(); i >= block.from(); i--) {
      Optional<Gradient> gradient = lowering.gradients().of(i);
      Lowered.Backward backward = backwards[i];
      if (gradient.isPresent() && backward != null) {
        lowering.enter(i, node(i).name());
        backward.lower(gradient.get());
        for (Parameter tensor : layout.of(graph, node(i))) {
          if (lowering.flow().trains(tensor)) {
            lowering.steps().finished(tensor);
          }
        }
      }
      lowering.gradients().done(i);
    }
  }
}
