package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
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
import org.convoy.kernels.onednn.Step.Argument;

/**
 * A graph on its way to a program: the steps so far, each node's result, each node's gradient so
 * far. An op's lowering asks it for tensors and adds steps; forward is lowered in node order,
 * backward in the opposite order.
 */
final class Lowering {

  /**
   * What is left of an op after its forward steps: its result, and how to add its backward steps.
   */
  record Lowered(Tensor output, Backward backward) {}

  /** Adds an op's backward steps. */
  @FunctionalInterface
  interface Backward {
    void lower(Gradient gradient);
  }

  /**
   * The gradient of a node's result.
   *
   * @param exclusive whether nobody else will read the tensor, so that it may be overwritten
   */
  record Gradient(Tensor tensor, boolean exclusive) {

    /** The gradient in another layout; a copy is nobody else's. */
    Gradient in(Lowering lowering, Desc wanted) {
      Tensor laid = lowering.convert(tensor, wanted);
      return new Gradient(laid, exclusive || laid != tensor);
    }

    /**
     * Where something of the same layout goes that is computed from it: over it, if that may be.
     */
    Tensor place(Lowering lowering) {
      return exclusive ? tensor : lowering.allocate(tensor.desc());
    }
  }

  private record Converted(Tensor from, Tensor to) {}

  /** A copy of a parameter; {@code stored} says how the parameter was read. */
  private record Placed(Parameter parameter, Desc stored, Tensor tensor) {}

  /** The word for a copy between two layouts. */
  static final String REORDER = "reorder";

  private final Natives natives;
  private final Graph graph;
  private final Parameters layout;
  private final PlanRequest request;
  private final GradientFlow flow;
  private final int activationType;
  private final List<Step> refresh = new ArrayList<>();
  private final List<Step> forward = new ArrayList<>();
  private final List<Step> backward = new ArrayList<>();
  private final Chains chains;
  private final Tensor[] outputs;
  private final Gradients gradients;
  private final List<Converted> converted = new ArrayList<>();
  private final List<Placed> weights = new ArrayList<>();
  private final Map<Buffer, double[]> constants = new IdentityHashMap<>();
  private List<Step> current = forward;
  private String node = "";
  private int index;

  private Lowering(Natives natives, Graph fused, Parameters layout, PlanRequest request) {
    this.natives = natives;
    this.graph = fused;
    this.layout = layout;
    this.request = request;
    this.activationType =
        request.precision() == Precision.BFLOAT16 ? dnnl.dnnl_bf16 : dnnl.dnnl_f32;
    this.flow = new GradientFlow(fused, layout, request);
    this.chains = Chains.of(fused, flow);
    this.outputs = new Tensor[fused.nodes().size()];
    this.gradients = new Gradients(this, fused.nodes().size());
  }

  /** Lowers a whole graph. */
  static Program lower(Natives natives, Graph fused, Parameters layout, PlanRequest request) {
    return new Lowering(natives, fused, layout, request).run();
  }

  /** The state in which the first node after the input is lowered. */
  static Lowering beginning(Natives natives, Graph graph, Parameters layout, PlanRequest request) {
    Lowering lowering = new Lowering(natives, graph, layout, request);
    lowering.outputs[0] = lowering.edge(Home.INPUT, graph.nodes().get(0));
    lowering.index = 1;
    return lowering;
  }

  private Program run() {
    List<Node> nodes = graph.nodes();
    Tensor input = edge(Home.INPUT, nodes.get(0));
    outputs[0] = input;
    List<Blocks.Block> blocks = recomputes() ? Blocks.of(graph) : Blocks.whole(graph);
    Backward[] backwards = new Backward[nodes.size()];
    blocks.forEach(block -> lower(block, any -> true, backwards));
    int last = nodes.size() - 1;
    Tensor output = edge(Home.OUTPUT, nodes.get(last));
    node = "";
    reorder("output", outputs[last], output);
    if (training()) {
      current = backward;
      finishFrozen();
      if (wantsGradient(last)) {
        Tensor outputGradient = edge(Home.OUTPUT_GRADIENT, nodes.get(last));
        contribute(last, convert(outputGradient, outputs[last].desc()), false);
      }
      for (int i = blocks.size() - 1; i >= 0; i--) {
        if (i < blocks.size() - 1) {
          // Of what backward needs only what leaves a block has been kept; the rest is made anew.
          converted.clear();
          lower(blocks.get(i), this::wantsGradient, backwards);
        }
        lowerBackward(blocks.get(i), backwards);
      }
      node = "";
      if (request.inputGradient()) {
        Tensor edge = edge(Home.INPUT_GRADIENT, nodes.get(0));
        gradients.of(0).ifPresent(sum -> reorder("input gradient", sum.tensor(), edge));
      }
    }
    return Program.of(refresh, forward, backward, constants);
  }

  private void lower(Blocks.Block block, IntPredicate which, Backward[] backwards) {
    for (int i = block.from(); i <= block.to(); i++) {
      if (chains.deferred(i) || !which.test(i)) {
        continue;
      }
      index = i;
      Optional<Chain> chain = chains.endingAt(i);
      node = chain.map(Chain::convolution).orElse(graph.nodes().get(i)).name();
      Lowered lowered =
          chain.isPresent()
              ? Convolutions.lower(this, chain.get())
              : Lowerings.lower(this, graph.nodes().get(i));
      outputs[i] = lowered.output();
      backwards[i] = lowered.backward();
    }
  }

  private void lowerBackward(Blocks.Block block, Backward[] backwards) {
    for (int i = block.to(); i >= block.from(); i--) {
      Optional<Gradient> gradient = gradients.of(i);
      if (gradient.isPresent() && backwards[i] != null) {
        index = i;
        node = graph.nodes().get(i).name();
        backwards[i].lower(gradient.get());
        finished(graph.nodes().get(i));
      }
      gradients.done(i);
    }
  }

  private void finished(Node node) {
    layout.of(graph, node).stream().filter(flow::trains).forEach(this::finished);
  }

  /** Nobody writes the gradients of frozen tensors. */
  private void finishFrozen() {
    layout.all().stream()
        .filter(parameter -> parameter.kind().trainable() && !flow.trains(parameter))
        .forEach(this::finished);
  }

  private void finished(Parameter parameter) {
    current.add(new Step.Finished(parameter.offset(), parameter.end()));
  }

  private Tensor edge(Home home, Node node) {
    Desc desc = Desc.plain(natives, batched(node), dnnl.dnnl_f32);
    return new Tensor(new Buffer(home, 0, desc.bytes()), desc);
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

  /** Whether some nodes are computed a second time, from what the first time left. */
  boolean recomputes() {
    return training() && request.recomputation() == Recomputation.BLOCKS;
  }

  /** Whether backward comes back to the node that is lowered now. */
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

  /** The way that was chosen for a kernel of a node. */
  Optional<Way> way(Node node, String role) {
    String kernel = role.isEmpty() ? node.name() : node.name() + " " + role;
    return request.choices().way(kernel).flatMap(Way::of);
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
    Optional<Layout> chosen = way(node, "").map(Way::layout);
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
    return new Tensor(new Buffer(Home.ARENA, 0, desc.bytes()), desc);
  }

  /** New memory that outlives a step, for what {@link #refreshing} makes. */
  Tensor keep(Desc desc) {
    return new Tensor(new Buffer(Home.WEIGHTS, 0, desc.bytes()), desc);
  }

  /** Has the steps that are added meanwhile executed after each change of the parameters alone. */
  void refreshing(Runnable adding) {
    List<Step> before = current;
    current = refresh;
    adding.run();
    current = before;
  }

  /** Memory that holds zeros and is never written. */
  Tensor zeros(Desc desc) {
    return new Tensor(new Buffer(Home.ZEROS, 0, desc.bytes()), desc);
  }

  /** Memory that holds these float32 values in C order and is never written. */
  Tensor constant(double[] values, long... dimensions) {
    Desc desc = Desc.plain(natives, dimensions, dnnl.dnnl_f32);
    Buffer buffer = new Buffer(Home.CONSTANTS, 0, desc.bytes());
    constants.put(buffer, values);
    return new Tensor(buffer, desc);
  }

  /** {@link #constant} in a layout or number type of the caller's. */
  Tensor constant(double[] values, Desc wanted) {
    Tensor plain = constant(values, wanted.dimensions());
    if (plain.desc().sameAs(wanted)) {
      return plain;
    }
    Tensor copy = keep(wanted);
    refreshing(() -> reorder("constant", plain, copy));
    return copy;
  }

  /** A parameter where it lies in the flat vector, under dimensions of the caller's. */
  Tensor parameter(Parameter parameter, long... dimensions) {
    return flat(Home.PARAMETERS, parameter, dimensions);
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
    return frozen ? allocate(stored) : flat(Home.GRADIENTS, parameter, stored);
  }

  private Tensor flat(Home home, Parameter parameter, long... dimensions) {
    return flat(home, parameter, Desc.plain(natives, dimensions, dnnl.dnnl_f32));
  }

  private static Tensor flat(Home home, Parameter parameter, Desc desc) {
    return new Tensor(new Buffer(home, parameter.offset() * Float.BYTES, desc.bytes()), desc);
  }

  /**
   * A weight in the layout that a primitive wants: the flat vector itself where that is it, else a
   * copy which is made once after each change of the parameters.
   */
  Tensor weight(Parameter parameter, Desc wanted) {
    return weight(parameter, Desc.plain(natives, wanted.dimensions(), dnnl.dnnl_f32), wanted);
  }

  /** {@link #weight} of a parameter that is stored otherwise than in C order. */
  Tensor weight(Parameter parameter, Desc stored, Desc wanted) {
    Tensor plain = flat(Home.PARAMETERS, parameter, stored);
    if (plain.desc().sameAs(wanted)) {
      return plain;
    }
    for (Placed placed : weights) {
      if (placed.parameter().equals(parameter)
          && placed.stored().sameAs(stored)
          && placed.tensor().desc().sameAs(wanted)) {
        return placed.tensor();
      }
    }
    Tensor copy = keep(wanted);
    refreshing(() -> reorder("weight " + parameter.name(), plain, copy));
    weights.add(new Placed(parameter, stored, copy));
    return copy;
  }

  /** The same values in another layout or number type; the tensor itself where it has them. */
  Tensor convert(Tensor tensor, Desc wanted) {
    if (tensor.desc().sameAs(wanted)) {
      return tensor;
    }
    Tensor copy = allocate(wanted);
    reorder(REORDER, tensor, copy);
    return copy;
  }

  /**
   * {@link #convert} for a node's result, which does not change any more: several readers share one
   * copy.
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

  /** Adds a step that copies values from one layout into another. */
  void reorder(String word, Tensor from, Tensor to) {
    Kernel kernel =
        Kernel.make(
            natives,
            word,
            (result, attributes) ->
                dnnl.dnnl_reorder_primitive_desc_create(
                    result,
                    from.desc().handle(),
                    Dnnl.engine(),
                    to.desc().handle(),
                    Dnnl.engine(),
                    attributes));
    execute(kernel, new Argument(dnnl.DNNL_ARG_FROM, from), new Argument(dnnl.DNNL_ARG_TO, to));
  }

  /** Adds a step; scratch memory is seen to here. */
  void execute(Kernel kernel, Argument... arguments) {
    List<Argument> all = new ArrayList<>(List.of(arguments));
    Desc scratchpad = kernel.opaque(dnnl.dnnl_query_scratchpad_md);
    if (scratchpad.bytes() > 0) {
      all.add(new Argument(dnnl.DNNL_ARG_SCRATCHPAD, allocate(scratchpad)));
    }
    current.add(new Step.Execute(kernel, List.copyOf(all), node));
  }

  /**
   * Adds a step that runs one of Convoy's own kernels.
   *
   * @param scratchBytes of memory whose address comes last, if it takes any
   * @param work of it as {@link Step.Timed} counts
   */
  void run(String word, Step.Routine routine, long scratchBytes, long work, List<Tensor> tensors) {
    List<Tensor> all = new ArrayList<>(tensors);
    if (scratchBytes > 0) {
      all.add(allocate(Desc.plain(natives, new long[] {scratchBytes}, dnnl.dnnl_u8)));
    }
    current.add(new Step.Run(word, routine, List.copyOf(all), work, node));
  }

  /**
   * Adds a step whose result, the gradient of a parameter, goes to its place in the flat gradient:
   * at once where the primitive writes what lies there, else by way of a copy.
   *
   * @param chosen the layout in which the primitive writes it
   * @param others the other arguments
   */
  void executeByWeight(
      Kernel kernel, Parameter parameter, Tensor place, Desc chosen, List<Argument> others) {
    Tensor result = place.desc().sameAs(chosen) ? place : allocate(chosen);
    List<Argument> arguments = new ArrayList<>(others);
    arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_WEIGHTS, result));
    execute(kernel, arguments.toArray(Argument[]::new));
    if (result != place) {
      reorder("gradient of " + parameter.name(), result, place);
    }
  }

  /** Adds a step that fills a plain float32 tensor on the host. */
  void fill(Step.Filling filling, Tensor to) {
    current.add(new Step.Fill(filling, to));
  }

  /** Whether backward needs the gradient of this node's result. */
  boolean wantsGradient(int index) {
    return flow.needs(index);
  }

  /**
   * What has come together of the gradient of a node's result, if there is something and it may be
   * written over: a primitive that can add to what its result's memory holds then needs no {@link
   * #contribute}.
   */
  Optional<Tensor> accumulator(int index) {
    return gradients.accumulator(index);
  }

  /**
   * Adds to the gradient of a node's result. Parts that meet are summed in the memory of one of
   * them if possible.
   *
   * @param exclusive whether nobody else will read the tensor
   */
  void contribute(int index, Tensor part, boolean exclusive) {
    gradients.contribute(index, part, exclusive);
  }
}
