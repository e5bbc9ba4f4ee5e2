package org.convoy.kernels.cudnn;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.kernels.GradientFlow;
import org.convoy.kernels.Mode;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.kernels.Recomputation;
import org.convoy.kernels.plan.Buffer;
import org.convoy.kernels.plan.Gradients;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.plan.Program;
import org.convoy.kernels.plan.StepLists;

/**
 * What the lowering of an op works with: the graph and the request, each node's result and each
 * node's gradient so far. An op asks for tensors and adds steps.
 */
final class Lowering {
  private final Graph graph;
  private final Parameters layout;
  private final PlanRequest request;
  private final Convolver convolver;
  private final GradientFlow flow;
  private final NumberType type;
  private final Tensor[] outputs;
  private final Gradients<Tensor> gradients;
  private final StepLists<Step> steps = new StepLists<>();
  private final Map<Buffer, double[]> constants = new IdentityHashMap<>();
  private final Map<String, Tensor> kept = new HashMap<>();
  private final Tensor drawKey = Tensor.in(Home.DRAW_KEY, Desc.numbers(2));
  private int index;
  private String nodeName = "";

  Lowering(Graph fused, Parameters layout, PlanRequest request, Convolver convolver) {
    this.graph = fused;
    this.layout = layout;
    this.request = request;
    this.convolver = convolver;
    this.flow = new GradientFlow(fused, layout, request);
    this.type =
        request.precision() == Precision.BFLOAT16 ? NumberType.BFLOAT16 : NumberType.FLOAT32;
    this.outputs = new Tensor[fused.nodes().size()];
    this.gradients = new Gradients<>(fused.nodes().size(), this::sum);
  }

  private Tensor sum(Tensor into, Tensor part, boolean overwrite) {
    Tensor sum = overwrite ? into : allocate(into.desc());
    kernel("add").at(into, part, sum).launch(into.desc().elements());
    return sum;
  }

  /** Says for which node the next steps are; an empty name at the edges of a plan. */
  void enter(int place, String name) {
    index = place;
    nodeName = name;
  }

  String nodeName() {
    return nodeName;
  }

  void add(Step step) {
    steps.add(step);
  }

  StepLists<Step> steps() {
    return steps;
  }

  Program<Step> program() {
    return steps.program(constants);
  }

  /** A kernel that has a variant for each type of activations. */
  Kernel kernel(String name) {
    return new Kernel(this, name + "_" + type.word());
  }

  /** A kernel that takes types as arguments. */
  Kernel untyped(String name) {
    return new Kernel(this, name + "_any");
  }

  GradientFlow flow() {
    return flow;
  }

  Gradients<Tensor> gradients() {
    return gradients;
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

  /** Whether the gradient of a node's result is needed. */
  boolean wantsGradient(int node) {
    return flow.needs(node);
  }

  /** Whether the gradient of any tensor of a node is computed. */
  boolean trains(Node node) {
    return parameters(node).stream().anyMatch(flow::trains);
  }

  /** Whether a batch normalisation takes the moments of the batch, not its running statistics. */
  boolean takesBatchMoments(Node norm) {
    return training() && !request.frozen().norm(parameters(norm));
  }

  /** The type of activations and of weights in compute. */
  NumberType type() {
    return type;
  }

  int batch() {
    return request.batch();
  }

  Desc desc(Node node) {
    return Desc.of(type, request.batch(), node.shape());
  }

  /** The result of one of a node's inputs. */
  Tensor input(Node node, int which) {
    return outputs[node.inputs().get(which)];
  }

  Tensor output(int node) {
    return outputs[node];
  }

  void setOutput(int node, Tensor output) {
    outputs[node] = output;
  }

  List<Parameter> parameters(Node node) {
    return layout.of(graph, node);
  }

  /** New memory in the arena. */
  Tensor allocate(Desc desc) {
    return Tensor.in(Home.ARENA, desc);
  }

  /** A parameter where it lies in the flat vector. */
  Tensor parameter(Parameter parameter) {
    return Tensor.flat(Home.PARAMETERS, parameter);
  }

  /** A parameter's place in the flat gradient; for a frozen tensor memory that nobody reads. */
  Tensor gradient(Parameter parameter) {
    boolean frozen = parameter.kind().trainable() && !flow.trains(parameter);
    return frozen
        ? allocate(Desc.numbers(parameter.length()))
        : Tensor.flat(Home.GRADIENTS, parameter);
  }

  /** The key of the pass's random draws. */
  Tensor drawKey() {
    return drawKey;
  }

  /** Memory that holds these numbers as float32 and is never written. */
  Tensor constant(double[] values) {
    Tensor constant = Tensor.in(Home.CONSTANTS, Desc.numbers(values.length));
    constants.put(constant.buffer(), values);
    return constant;
  }

  /**
   * The weights {@code (outputs, inputs, taps)} of a convolution as {@code (outputs, taps, inputs)}
   * of the activations' type, made anew after each change of the parameters; the parameter itself
   * where it lies so.
   */
  Tensor weights(Parameter parameter, int outputs, int taps, int inputs) {
    if (type == NumberType.FLOAT32 && inPlace(parameter, taps, inputs)) {
      return parameter(parameter);
    }
    return kept.computeIfAbsent(
        parameter.name(),
        name -> {
          Desc desc = new Desc(type, outputs, List.of(taps), inputs);
          Tensor copy = Tensor.in(Home.WEIGHTS, desc);
          Box box = Box.of(outputs, taps, inputs);
          long[] from = {(long) inputs * taps, 1, taps};
          steps.refreshing(() -> box.copy(this, parameter(parameter), from, copy, box.dense()));
          return copy;
        });
  }

  /** Whether a parameter lies in the flat vector as kernels read and write weights. */
  static boolean inPlace(Parameter parameter, int taps, int inputs) {
    return (taps == 1 || inputs == 1)
        && parameter.offset() * Float.BYTES % ConvolutionGraph.ALIGNMENT == 0;
  }

  /** An engine for a convolution; empty where Convoy's own kernel computes it. */
  Optional<ConvolutionEngine> engine(
      ConvolutionShape shape, ConvolutionShape.Direction direction, NumberType weights) {
    if (shape.depthwise()) {
      return Optional.empty();
    }
    Optional<String> chosen = request.choices().of(nodeName + " " + direction.word());
    return convolver.find(shape, direction, weights, chosen);
  }

  /**
   * Adds to the gradient of a node's result.
   *
   * @param exclusive whether nobody else will read the tensor
   */
  void contribute(int node, Tensor part, boolean exclusive) {
    gradients.contribute(node, part, exclusive);
  }
}
