package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.kernels.GradientFlow;
import org.convoy.kernels.Mode;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.kernels.Recomputation;
import org.convoy.kernels.plan.Chains;
import org.convoy.kernels.plan.Gradients;
import org.convoy.kernels.plan.Home;

/**
 * What the lowering of an op works with: the graph and the request, each node's result, and each
 * node's gradient so far. An op asks for tensors and adds {@link Steps}.
 */
final class Lowering {
  private record Converted(Tensor from, Tensor to) {}

  private final Natives natives;
  private final Graph graph;
  private final Parameters layout;
  private final PlanRequest request;
  private final GradientFlow flow;
  private final int activationType;
  private final Chains chains;
  private final Tensor[] outputs;
  private final Gradients<Tensor> gradients;
  private final List<Converted> converted = new ArrayList<>();
  private final Steps steps;
  private final Weights weights;
  private int index = 1;

  Lowering(Natives natives, Graph fused, Parameters layout, PlanRequest request) {
    this.natives = natives;
    this.graph = fused;
    this.layout = layout;
    this.request = request;
    this.activationType =
        request.precision() == Precision.BFLOAT16 ? dnnl.dnnl_bf16 : dnnl.dnnl_f32;
    this.flow = new GradientFlow(fused, layout, request);
    this.chains = Chains.of(fused, flow);
    this.outputs = new Tensor[fused.nodes().size()];
    this.gradients = new Gradients<>(fused.nodes().size(), this::sum);
    this.steps = new Steps(natives);
    this.weights = new Weights(natives, steps);
    outputs[0] = edge(Home.INPUT, fused.nodes().get(0));
  }

  /**
   * A tensor that the caller fills or reads, in C order, with the dimensions of a node's result.
   */
  Tensor edge(Home home, Node node) {
    return Tensor.in(home, Desc.plain(natives, batched(node), dnnl.dnnl_f32));
  }

  /** Says for which node the next steps are: its place in the graph, and the steps' name. */
  void enter(int place, String name) {
    index = place;
    steps.enter(name);
  }

  void setOutput(int place, Tensor output) {
    outputs[place] = output;
  }

  /** Forgets the copies of results, which are computed a second time next. */
  void forgetCopies() {
    converted.clear();
  }

  /** The steps so far. */
  Steps steps() {
    return steps;
  }

  /** Copies of parameters, and constants. */
  Weights weights() {
    return weights;
  }

  GradientFlow flow() {
    return flow;
  }

  Gradients<Tensor> gradients() {
    return gradients;
  }

  Natives natives() {
    return natives;
  }

  Chains chains() {
    return chains;
  }

  Graph graph() {
    return graph;
  }

  boolean training() {
    return request.mode() == Mode.TRAINING;
  }

  /** Whether backward computes some nodes a second time instead of keeping their results. */
  boolean recomputes() {
    return training() && request.recomputation() == Recomputation.BLOCKS;
  }

  /** Whether the node that is lowered now has a backward pass. */
  boolean needsBackward() {
    return flow.needs(index);
  }

  int propagation() {
    return needsBackward() ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference;
  }

  /** Whether the gradient of any tensor of a node is computed. */
  boolean trains(Node node) {
    return layout.of(graph, node).stream().anyMatch(flow::trains);
  }

  /** Whether a batch normalisation takes the moments of the batch, not its running statistics. */
  boolean takesBatchMoments(Node norm) {
    return training() && !request.frozen().norm(parameters(norm));
  }

  /** The number type of activations and of weights in compute. */
  int activationType() {
    return activationType;
  }

  /** The layout of convolutions for which none was chosen. */
  Layout rule() {
    return Layout.rule(request.precision());
  }

  /** The dimensions of a node's result, samples first. */
  long[] batched(Node node) {
    return node.shape().batched(request.batch());
  }

  /** The result of the node's first input. */
  Tensor source(Node node) {
    return outputs[node.inputs().get(0)];
  }

  /** The implementation that was chosen for a kernel of a node. */
  Optional<Implementation> chosen(Node node, String role) {
    String kernel = role.isEmpty() ? node.name() : node.name() + " " + role;
    return request.choices().of(kernel).flatMap(Implementation::of);
  }

  /** The result of the node's first input as the node computes with it. */
  Tensor activation(Node node) {
    return activation(node, 0);
  }

  /**
   * The result of one of the node's inputs as numbers of the activation type, in the layout that
   * was chosen for the node, or else as it lies.
   */
  Tensor activation(Node node, int input) {
    Tensor result = outputs[node.inputs().get(input)];
    Optional<Layout> chosen = chosen(node, "").map(Implementation::layout);
    if (chosen.isEmpty() && result.desc().type() == activationType) {
      return result;
    }
    long[] dims = result.desc().dimensions();
    return convertOnce(
        result,
        chosen
            .map(layout -> Desc.laid(natives, dims, activationType, layout))
            .orElseGet(() -> Desc.plain(natives, dims, activationType)));
  }

  Tensor output(int index) {
    return outputs[index];
  }

  List<Parameter> parameters(Node node) {
    return layout.of(graph, node);
  }

  /** New memory in the arena. */
  Tensor allocate(Desc desc) {
    return Tensor.in(Home.ARENA, desc);
  }

  /** New memory that outlives a step, for what {@link Steps#refreshing} makes. */
  Tensor keep(Desc desc) {
    return Tensor.in(Home.WEIGHTS, desc);
  }

  /** Memory that holds zeros and is never written. */
  Tensor zeros(Desc desc) {
    return Tensor.in(Home.ZEROS, desc);
  }

  /** A parameter where it lies in the flat vector, under dimensions of the caller's. */
  Tensor parameter(Parameter parameter, long... dimensions) {
    return Tensor.flat(Home.PARAMETERS, parameter, Desc.plain(natives, dimensions, dnnl.dnnl_f32));
  }

  /** A parameter's place in the flat gradient, in C order under dimensions of the caller's. */
  Tensor gradient(Parameter parameter, long... dimensions) {
    return gradient(parameter, Desc.plain(natives, dimensions, dnnl.dnnl_f32));
  }

  /**
   * A parameter's place in the flat gradient, read as the caller describes it. For a frozen tensor
   * it is memory that nobody reads: a kernel may have to write all gradients of an op.
   */
  Tensor gradient(Parameter parameter, Desc stored) {
    boolean frozen = parameter.kind().trainable() && !flow.trains(parameter);
    return frozen ? allocate(stored) : Tensor.flat(Home.GRADIENTS, parameter, stored);
  }

  /** The same values in another layout or number type; the tensor itself where it has them. */
  Tensor convert(Tensor tensor, Desc wanted) {
    if (tensor.desc().sameAs(wanted)) {
      return tensor;
    }
    Tensor copy = allocate(wanted);
    steps.reorder(Steps.COPY, tensor, copy);
    return copy;
  }

  /**
   * {@link #convert} for a node's result, which does not change: several readers share one copy.
   */
  Tensor convertOnce(Tensor result, Desc wanted) {
    if (result.desc().sameAs(wanted)) {
      return result;
    }
    for (Converted known : converted) {
      if (known.from() == result && known.to().desc().sameAs(wanted)) {
        return known.to();
      }
    }
    Tensor to = convert(result, wanted);
    converted.add(new Converted(result, to));
    return to;
  }

  private Tensor sum(Tensor into, Tensor part, boolean overwrite) {
    Tensor added = convert(part, into.desc());
    Tensor sum = overwrite ? into : allocate(into.desc());
    Elementwise.add(this, "gradient sum", into, added, sum);
    return sum;
  }

  /** Whether backward needs the gradient of this node's result. */
  boolean wantsGradient(int index) {
    return flow.needs(index);
  }

  /**
   * The sum so far of the gradient of a node's result, if there is one and it may be overwritten. A
   * primitive that adds to the memory of its result then needs no {@link #contribute}.
   */
  Optional<Tensor> accumulator(int index) {
    return gradients.accumulator(index);
  }

  /**
   * Adds to the gradient of a node's result. If there is a part already, the two are summed, if
   * possible in the memory of one of them.
   *
   * @param exclusive whether nobody else will read the tensor
   */
  void contribute(int index, Tensor part, boolean exclusive) {
    gradients.contribute(index, part, exclusive);
  }
}
