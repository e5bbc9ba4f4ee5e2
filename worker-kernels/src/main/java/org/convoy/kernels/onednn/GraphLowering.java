package org.convoy.kernels.onednn;

import java.util.Optional;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.plan.Chain;
import org.convoy.kernels.plan.Gradients;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.plan.Program;
import org.convoy.kernels.plan.Walk;
import org.jspecify.annotations.Nullable;

/** Lowers a whole graph, in the order of {@link Walk}. */
final class GraphLowering implements Walk.Lowerer {
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

  static Program<Step> lower(Natives natives, Graph fused, Parameters layout, PlanRequest request) {
    GraphLowering all = new GraphLowering(natives, fused, layout, request);
    Lowering lowering = all.lowering;
    Walk.lower(fused, lowering.training(), lowering.recomputes(), lowering::wantsGradient, all);
    return lowering.steps().program(lowering.weights().constants());
  }

  @Override
  public boolean deferred(int node) {
    return lowering.chains().deferred(node);
  }

  @Override
  public void forward(int index) {
    Optional<Chain> chain = lowering.chains().endingAt(index);
    lowering.enter(index, chain.map(Chain::convolution).orElse(node(index)).name());
    Lowered lowered =
        chain.isPresent()
            ? Convolutions.lower(lowering, chain.get())
            : Lowerings.lower(lowering, node(index));
    lowering.setOutput(index, lowered.output());
    backwards[index] = lowered.backward();
  }

  @Override
  public void output() {
    int last = last();
    lowering.steps().enter("");
    lowering
        .steps()
        .reorder("output", lowering.output(last), lowering.edge(Home.OUTPUT, node(last)));
  }

  @Override
  public void beginBackward() {
    Steps steps = lowering.steps();
    steps.enterBackward();
    // Nobody writes the gradients of frozen tensors.
    layout.all().stream()
        .filter(tensor -> tensor.kind().trainable() && !lowering.flow().trains(tensor))
        .forEach(steps::finished);
    int last = last();
    if (lowering.wantsGradient(last)) {
      Tensor gradient = lowering.edge(Home.OUTPUT_GRADIENT, node(last));
      Desc wanted = lowering.output(last).desc();
      lowering.contribute(last, lowering.convert(gradient, wanted), false);
    }
  }

  @Override
  public void forgetCopies() {
    lowering.forgetCopies();
  }

  @Override
  public void backward(int index) {
    Optional<Gradients.Sum<Tensor>> gradient = lowering.gradients().of(index);
    Lowered.Backward backward = backwards[index];
    if (gradient.isPresent() && backward != null) {
      lowering.enter(index, node(index).name());
      backward.lower(new Gradient(gradient.get().tensor(), gradient.get().exclusive()));
      for (Parameter tensor : layout.of(graph, node(index))) {
        if (lowering.flow().trains(tensor)) {
          lowering.steps().finished(tensor);
        }
      }
    }
    lowering.gradients().done(index);
  }

  @Override
  public void endBackward() {
    lowering.steps().enter("");
    if (request.inputGradient()) {
      Tensor edge = lowering.edge(Home.INPUT_GRADIENT, node(0));
      lowering
          .gradients()
          .of(0)
          .ifPresent(sum -> lowering.steps().reorder("input gradient", sum.tensor(), edge));
    }
  }

  private Node node(int index) {
    return graph.nodes().get(index);
  }

  private int last() {
    return graph.nodes().size() - 1;
  }
}
