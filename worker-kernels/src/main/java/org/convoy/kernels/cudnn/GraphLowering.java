package org.convoy.kernels.cudnn;

import java.util.Optional;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.kernels.Choices;
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

  /** A program, and which engine computes what. */
  record Result(Program<Step> program, Choices choices) {}

  private GraphLowering(Graph fused, Parameters layout, PlanRequest request, Engines engines) {
    this.lowering = new Lowering(fused, layout, request, engines);
    this.graph = fused;
    this.layout = layout;
    this.request = request;
    this.backwards = new Lowered.Backward[fused.nodes().size()];
  }

  /**
   * @throws UnsupportedOperationException if the backend cannot compute an op of the graph
   */
  static Result lower(Graph fused, Parameters layout, PlanRequest request, Engines engines) {
    GraphLowering all = new GraphLowering(fused, layout, request, engines);
    Lowering lowering = all.lowering;
    all.input();
    Walk.lower(fused, lowering.training(), lowering.recomputes(), lowering::wantsGradient, all);
    return new Result(lowering.program(), lowering.choices());
  }

  /** A tensor of float32 that the caller fills or reads, in C order. */
  private Tensor edge(Home home, Node node) {
    return Tensor.in(home, Desc.of(NumberType.FLOAT32, request.batch(), node.shape()));
  }

  private void input() {
    Tensor result = lowering.allocate(lowering.desc(node(0)));
    Rearrangements.fromPlain(lowering, edge(Home.INPUT, node(0)), result);
    lowering.setOutput(0, result);
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
            ? Convolutions.chain(lowering, chain.get())
            : Lowerings.lower(lowering, node(index));
    lowering.setOutput(index, lowered.output());
    backwards[index] = lowered.backward();
  }

  @Override
  public void output() {
    lowering.enter(last(), "output");
    Rearrangements.toPlain(lowering, lowering.output(last()), edge(Home.OUTPUT, node(last())));
  }

  @Override
  public void beginBackward() {
    lowering.steps().enterBackward();
    // Nobody writes the gradients of frozen tensors.
    layout.all().stream()
        .filter(tensor -> tensor.kind().trainable() && !lowering.flow().trains(tensor))
        .forEach(this::finished);
    if (lowering.wantsGradient(last())) {
      Tensor gradient = lowering.allocate(lowering.desc(node(last())));
      lowering.enter(last(), "output gradient");
      Rearrangements.fromPlain(lowering, edge(Home.OUTPUT_GRADIENT, node(last())), gradient);
      lowering.contribute(last(), gradient, true);
    }
  }

  @Override
  public void backward(int index) {
    Optional<Gradients.Sum<Tensor>> gradient = lowering.gradients().of(index);
    Lowered.Backward backward = backwards[index];
    if (gradient.isPresent() && backward != null) {
      lowering.enter(index, node(index).name());
      backward.lower(new Gradient(gradient.get().tensor(), gradient.get().exclusive()));
      layout.of(graph, node(index)).stream()
          .filter(lowering.flow()::trains)
          .forEach(this::finished);
    }
    lowering.gradients().done(index);
  }

  @Override
  public void endBackward() {
    if (request.inputGradient()) {
      lowering.enter(0, "input gradient");
      lowering
          .gradients()
          .of(0)
          .ifPresent(
              sum ->
                  Rearrangements.toPlain(
                      lowering, sum.tensor(), edge(Home.INPUT_GRADIENT, node(0))));
    }
  }

  private void finished(Parameter tensor) {
    lowering.add(new Step.Finished(tensor.offset(), tensor.end()));
  }

  private Node node(int index) {
    return graph.nodes().get(index);
  }

  private int last() {
    return graph.nodes().size() - 1;
  }
}
