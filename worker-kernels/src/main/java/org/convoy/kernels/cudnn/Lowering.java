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
import org.convoy.kernels.Choices;
import org.convoy.kernels.GradientFlow;
import org.convoy.kernels.Mode;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.kernels.Recomputation;
import org.convoy.kernels.plan.Buffer;
import org.convoy.kernels.plan.Chains;
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
  private final Engines engines;
  private final GradientFlow flow;
  private final Chains chains;
  private final NumberType type;
  private final Tensor[] outputs;
  private final Gradients<Tensor> gradients;
  private final StepLists<Step> steps = new StepLists<>();
  private final Map<Buffer, double[]> constants = new IdentityHashMap<>();
  private final Map<String, Tensor> kept = new HashMap<>();
  private final Tensor drawKey = Tensor.in(Home.DRAW_KEY, Desc.numbers(2));
  private final Map<String, String> decided = new HashMap<>();
  private int index;
  private String nodeName = "";

  Lowering(Graph fused, Parameters layout, PlanRequest request, Engines engines) {
    this.graph = fused;
    this.layout = layout;
    this.request = request;
    this.engines = engines;
    this.flow = new GradientFlow(fused, layout, request);
    this.chains = Chains.of(fused, flow);
    this.type =
        request.precision() == Precision.BFLOAT16 ? NumberType.BFLOAT16 : NumberType.FLOAT32;
    this.outputs = new Tensor[fused.nodes().size()];
    this.gradients = new Gradients<>(fused.nodes().size(), this::sum);
  }

  private Tensor sum(Tensor into, Tensor part, boolean overwrite) {
    Tensor sum = overwrite ? into : allocate(into.desc());
    long elements = into.desc().elements();
    kernel("add").wide(elements % Kernel.WIDTH == 0).at(into, part, sum).launch(elements);
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

  /** Which engine computes what, as it was decided while the graph was lowered. */
  Choices choices() {
    return new Choices(decided);
  }

  GradientFlow flow() {
    return flow;
  }

  Chains chains() {
    return chains;
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

  /** The weights of a depthwise convolution as {@code (taps, channels)}, made anew as those are. */
  Tensor depthwiseWeights(Parameter parameter, int channels, int taps) {
    return kept.computeIfAbsent(
        parameter.name(), name -> byTap(parameter(parameter), channels, taps));
  }

  /** A copy of {@code (channels, taps)} as {@code (taps, channels)}, made anew as weights are. */
  Tensor byTap(Tensor weights, int channels, int taps) {
    Tensor copy = Tensor.in(Home.WEIGHTS, new Desc(type, taps, List.of(), channels));
    Box box = Box.of(taps, channels);
    long[] from = {1, taps};
    steps.refreshing(() -> box.copy(this, weights, from, copy, box.dense()));
    return copy;
  }

  /** Whether a parameter lies in the flat vector as kernels read and write weights. */
  static boolean inPlace(Parameter parameter, int taps, int inputs) {
    return (taps == 1 || inputs == 1)
        && parameter.offset() * Float.BYTES % OperationGraph.ALIGNMENT == 0;
  }

  /**
   * An engine; empty where Convoy's own kernels compute the work.
   *
   * @param word what is computed for the node, in the key of the choice
   */
  Optional<Engine> engine(String word, Work work) {
    String key = nodeName + " " + word;
    Optional<String> chosen = request.choices().of(key);
    Optional<Engine> engine =
        chosen.filter(Engines.OWN::equals).isPresent()
            ? Optional.empty()
            : engines.find(work, chosen, request.workspaceLimit());
    decided.put(key, engine.map(Engine::word).orElse(Engines.OWN));
    return engine;
  }

  /** Adds a run of an engine on the work's tensors. */
  void run(String word, Work work, Engine engine, List<Tensor> places) {
    long numbers = (engine.workspaceBytes() + Float.BYTES - 1) / Float.BYTES;
    Optional<Tensor> workspace =
        numbers == 0 ? Optional.empty() : Optional.of(allocate(Desc.numbers(numbers)));
    add(new Step.Run(nodeName + " " + word, work, engine, places, workspace));
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
