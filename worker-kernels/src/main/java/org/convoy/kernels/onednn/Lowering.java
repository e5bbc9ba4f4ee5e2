package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.kernels.Mode;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
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
  record Gradient(Tensor tensor, boolean exclusive) {}

  private record Converted(Tensor from, Tensor to) {}

  private record Placed(Parameter parameter, Tensor tensor) {}

  private final Natives natives;
  private final Graph graph;
  private final Parameters layout;
  private final PlanRequest request;
  private final int activationType;
  private final List<Step> refresh = new ArrayList<>();
  private final List<Step> forward = new ArrayList<>();
  private final List<Step> backward = new ArrayList<>();
  private final Tensor[] outputs;
  private final Gradient[] gradients;
  private final List<Converted> converted = new ArrayList<>();
  private final List<Placed> weights = new ArrayList<>();
  private List<Step> current = forward;

  private Lowering(Natives natives, Graph fused, Parameters layout, PlanRequest request) {
    this.natives = natives;
    this.graph = fused;
    this.layout = layout;
    this.request = request;
    this.activationType =
        request.precision() == Precision.BFLOAT16 ? dnnl.dnnl_bf16 : dnnl.dnnl_f32;
    this.outputs = new Tensor[fused.nodes().size()];
    this.gradients = new Gradient[fused.nodes().size()];
  }

  /** Lowers a whole graph. */
  static Program lower(Natives natives, Graph fused, Parameters layout, PlanRequest request) {
    return new Lowering(natives, fused, layout, request).run();
  }

  private Program run() {
    List<Node> nodes = graph.nodes();
    Tensor input = edge(Home.INPUT, nodes.get(0));
    outputs[0] = input;
    Backward[] backwards = new Backward[nodes.size()];
    for (int i = 1; i < nodes.size(); i++) {
      Lowered lowered = Lowerings.lower(this, i, nodes.get(i));
      outputs[i] = lowered.output();
      backwards[i] = lowered.backward();
    }
    int last = nodes.size() - 1;
    Tensor output = edge(Home.OUTPUT, nodes.get(last));
    reorder("output", outputs[last], output);
    if (training()) {
      current = backward;
      Tensor outputGradient = edge(Home.OUTPUT_GRADIENT, nodes.get(last));
      gradients[last] = new Gradient(convert(outputGradient, outputs[last].desc()), false);
      for (int i = last; i > 0; i--) {
        Gradient gradient = gradients[i];
        if (gradient != null && backwards[i] != null) {
          backwards[i].lower(gradient);
          finished(nodes.get(i));
        }
        gradients[i] = null;
      }
      if (request.inputGradient()) {
        reorder("input gradient", gradients[0].tensor(), edge(Home.INPUT_GRADIENT, nodes.get(0)));
      }
    }
    return Program.of(refresh, forward, backward);
  }

  private void finished(Node node) {
    for (Parameter parameter : layout.of(graph, node)) {
      if (parameter.kind().trainable()) {
        current.add(new Step.Finished(parameter.offset(), parameter.end()));
      }
    }
  }

  private Tensor edge(Home home, Node node) {
    Desc desc = Desc.plain(natives, batched(node), dnnl.dnnl_f32);
    return new Tensor(new Buffer(home, 0, desc.bytes()), desc);
  }

  Natives natives() {
    return natives;
  }

  Graph graph() {
    return graph;
  }

  boolean training() {
    return request.mode() == Mode.TRAINING;
  }

  int propagation() {
    return training() ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference;
  }

  /** The number type of activations and of weights in compute. */
  int activationType() {
    return activationType;
  }

  /** The dimensions of a node's result, samples first. */
  long[] batched(Node node) {
    return node.shape().batched(request.batch());
  }

  /** The result of the node's first input. */
  Tensor source(Node node) {
    return outputs[node.inputs().get(0)];
  }

  /** The result of the node's first input as numbers of the activation type. */
  Tensor activation(Node node) {
    Tensor result = source(node);
    return result.desc().type() == activationType
        ? result
        : convertOnce(result, Desc.plain(natives, result.desc().dimensions(), activationType));
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

  /** Memory that holds zeros and is never written. */
  Tensor zeros(Desc desc) {
    return new Tensor(new Buffer(Home.ZEROS, 0, desc.bytes()), desc);
  }

  /** A parameter where it lies in the flat vector, under dimensions of the caller's. */
  Tensor parameter(Parameter parameter, long... dimensions) {
    return flat(Home.PARAMETERS, parameter, dimensions);
  }

  /** A parameter's place in the flat gradient, under dimensions of the caller's. */
  Tensor gradient(Parameter parameter, long... dimensions) {
    return flat(Home.GRADIENTS, parameter, dimensions);
  }

  private Tensor flat(Home home, Parameter parameter, long... dimensions) {
    Desc desc = Desc.plain(natives, dimensions, dnnl.dnnl_f32);
    return new Tensor(new Buffer(home, parameter.offset() * Float.BYTES, desc.bytes()), desc);
  }

  /**
   * A weight in the layout that a primitive wants: the flat vector itself where that is it, else a
   * copy which is made once after each change of the parameters.
   */
  Tensor weight(Parameter parameter, Desc wanted) {
    Tensor plain = parameter(parameter, wanted.dimensions());
    if (plain.desc().sameAs(wanted)) {
      return plain;
    }
    for (Placed placed : weights) {
      if (placed.parameter().equals(parameter) && placed.tensor().desc().sameAs(wanted)) {
        return placed.tensor();
      }
    }
    Tensor copy = new Tensor(new Buffer(Home.WEIGHTS, 0, wanted.bytes()), wanted);
    List<Step> before = current;
    current = refresh;
    reorder("weight " + parameter.name(), plain, copy);
    current = before;
    weights.add(new Placed(parameter, copy));
    return copy;
  }

  /** The same values in another layout or number type; the tensor itself where it has them. */
  Tensor convert(Tensor tensor, Desc wanted) {
    if (tensor.desc().sameAs(wanted)) {
      return tensor;
    }
    Tensor copy = allocate(wanted);
    reorder("reorder", tensor, copy);
    return copy;
  }

  /**
   * {@link #convert} for a node's result, which does not change any more: several readers share one
   * copy.
   */
  Tensor convertOnce(Tensor result, Desc wanted) {
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
    current.add(new Step.Execute(kernel, List.copyOf(all)));
  }

  /** Adds a step that fills a plain float32 tensor on the host. */
  void fill(Step.Filling filling, Tensor to) {
    current.add(new Step.Fill(filling, to));
  }

  /**
   * A tensor that never changes.
   *
   * @param element the elements in C order
   */
  Tensor constant(Desc wanted, IntToDoubleFunction element) {
    Desc desc = Desc.plain(natives, wanted.dimensions(), dnnl.dnnl_f32);
    Tensor plain = new Tensor(new Buffer(Home.WEIGHTS, 0, desc.bytes()), desc);
    List<Step> before = current;
    current = refresh;
    fill(
        (drawKey, to) -> {
          for (int i = 0; i < to.capacity(); i++) {
            to.put(i, (float) element.applyAsDouble(i));
          }
        },
        plain);
    Tensor tensor = plain;
    if (!desc.sameAs(wanted)) {
      tensor = new Tensor(new Buffer(Home.WEIGHTS, 0, wanted.bytes()), wanted);
      reorder("constant", plain, tensor);
    }
    current = before;
    return tensor;
  }

  /** Whether anybody wants the gradient of this node's result. */
  boolean wantsGradient(int index) {
    return index > 0 || request.inputGradient();
  }

  /**
   * Adds to the gradient of a node's result. Gradients that meet are summed in the memory of one of
   * them if possible.
   */
  void contribute(int index, Tensor tensor, boolean exclusive) {
    Gradient before = gradients[index];
    if (before == null) {
      gradients[index] = new Gradient(tensor, exclusive);
      return;
    }
    Gradient into = before.exclusive() || !exclusive ? before : new Gradient(tensor, true);
    Tensor other = into == before ? tensor : before.tensor();
    Tensor added = convert(other, into.tensor().desc());
    Tensor sum = into.exclusive() ? into.tensor() : allocate(into.tensor().desc());
    Elementwise.add(this, "gradient sum", into.tensor(), added, sum);
    gradients[index] = new Gradient(sum, true);
  }
}
