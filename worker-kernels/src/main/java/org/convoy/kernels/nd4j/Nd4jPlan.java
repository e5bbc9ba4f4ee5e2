package org.convoy.kernels.nd4j;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Linear;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.TransposedConvolution;
import org.convoy.kernels.GradientFlow;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.Mode;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanMemory;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Walks the graph forward and backward, with one rule per node. Every node keeps its result and its
 * gradient. In bfloat16 the rules compute in float32 too, and this class rounds their inputs and
 * results: see {@link Nd4jBackend}.
 */
final class Nd4jPlan implements Plan {
  /** The index of the weights among a product's parameters; its bias stays float32. */
  private static final int WEIGHT = 0;

  private final Graph graph;
  private final PlanRequest request;
  private final Parameters layout;
  private final GradientFlow flow;
  private final List<Rule> rules;
  private final boolean rounds;
  private @Nullable NodeArrays arrays;
  private List<Site> sites = List.of();
  private Runnable copying = () -> {};
  private long drawKey;
  private boolean forwarded;
  private boolean closed;

  Nd4jPlan(Graph graph, PlanRequest request) {
    this.graph = graph;
    this.request = request;
    this.layout = Parameters.of(graph);
    this.flow = new GradientFlow(graph, layout, request);
    // The caller writes the input, node 0.
    this.rules = graph.nodes().stream().skip(1).map(node -> Rules.of(node.op())).toList();
    this.rounds = request.precision() == Precision.BFLOAT16;
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public Parameters layout() {
    return layout;
  }

  @Override
  public PlanRequest request() {
    return request;
  }

  @Override
  public PlanMemory memory() {
    return NodeArrays.memory(graph, request, flow);
  }

  @Override
  public void bind(INDArray parameters, INDArray gradients) {
    requireOpen();
    requireFlat("parameters", parameters);
    requireFlat("gradients", gradients);
    NodeArrays bound = arrays;
    if (bound == null) {
      bound = new NodeArrays(graph, request, flow);
      arrays = bound;
    }
    NodeArrays held = bound;
    INDArray computed = held.parameters(parameters);
    copying = rounds ? () -> copy(parameters, held) : () -> {};
    sites =
        IntStream.range(1, graph.nodes().size())
            .mapToObj(i -> site(i, held, computed, gradients))
            .toList();
    forwarded = false;
  }

  private Site site(int index, NodeArrays held, INDArray parameters, INDArray gradients) {
    Node node = graph.nodes().get(index);
    List<Parameter> tensors = layout.of(graph, node);
    return new Site(
        request.mode(),
        request.mode() == Mode.TRAINING && !request.frozen().norm(tensors),
        node.name(),
        () -> drawKey,
        node.inputs().stream().map(held::result).toList(),
        held.result(index),
        tensors.stream().map(tensor -> layout.view(parameters, tensor)).toList(),
        flow.needs(index)
            ? tensors.stream().map(tensor -> gradient(tensor, held, gradients)).toList()
            : List.of());
  }

  /** The place of a gradient in the flat vector, or memory that nobody reads. */
  private INDArray gradient(Parameter tensor, NodeArrays held, INDArray gradients) {
    return tensor.kind().trainable() && !flow.trains(tensor)
        ? held.unread(tensor)
        : layout.view(gradients, tensor);
  }

  @Override
  public INDArray input() {
    return bound().input();
  }

  @Override
  public INDArray output() {
    return bound().result(last());
  }

  @Override
  public INDArray inputGradient() {
    if (!request.inputGradient()) {
      throw new IllegalStateException("the plan was not asked for an input gradient");
    }
    return bound().gradient(0);
  }

  @Override
  public void forward(long drawKey) {
    NodeArrays held = bound();
    this.drawKey = drawKey;
    copying.run();
    for (int i = 1; i <= last(); i++) {
      Rule rule = rules.get(i - 1);
      Site site = sites.get(i - 1);
      held.scratch().around(() -> site.output().assign(rule.forward(site)));
      round(site.output());
    }
    forwarded = true;
  }

  /** Fills the rounded copies of the caller's arrays. */
  private void copy(INDArray parameters, NodeArrays held) {
    held.result(0).assign(held.input());
    round(held.result(0));
    INDArray computed = held.parameters(parameters);
    if (layout.length() > 0) {
      computed.assign(parameters);
    }
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Convolution
          || node.op() instanceof TransposedConvolution
          || node.op() instanceof Linear) {
        round(layout.view(computed, layout.of(graph, node).get(WEIGHT)));
      }
    }
  }

  private void round(INDArray array) {
    if (rounds) {
      Bfloat16.round(array);
    }
  }

  @Override
  public void backward(INDArray outputGradient, GradientListener listener) {
    NodeArrays held = bound();
    if (request.mode() != Mode.TRAINING) {
      throw new IllegalStateException("an inference plan has no backward");
    }
    if (!forwarded) {
      throw new IllegalStateException("backward needs a forward before it");
    }
    if (!Arrays.equals(outputGradient.shape(), output().shape())) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the output's gradient must have the output's shape %s, got %s",
              Arrays.toString(output().shape()),
              Arrays.toString(outputGradient.shape())));
    }
    held.clearGradients();
    if (flow.needs(last())) {
      held.gradient(last()).assign(outputGradient);
      round(held.gradient(last()));
    }
    for (int i = last(); i >= 1; i--) {
      int node = i;
      if (flow.needs(i)) {
        held.scratch().around(() -> backward(node, held));
      }
      for (Parameter tensor : layout.of(graph, graph.nodes().get(i))) {
        listener.finished(tensor.offset(), tensor.end());
      }
    }
  }

  /** Adds a node's part to the gradients of its inputs. */
  private void backward(int i, NodeArrays held) {
    List<INDArray> gradients = rules.get(i - 1).backward(sites.get(i - 1), held.gradient(i));
    for (int j = 0; j < gradients.size(); j++) {
      int source = graph.nodes().get(i).inputs().get(j);
      if (flow.needs(source)) {
        INDArray part = rounds ? gradients.get(j).dup('c') : gradients.get(j);
        round(part);
        held.gradient(source).addi(part);
        round(held.gradient(source));
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    sites = List.of();
    copying = () -> {};
    if (arrays != null) {
      arrays.close();
      arrays = null;
    }
  }

  private int last() {
    return graph.nodes().size() - 1;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the plan of " + graph.name() + " is closed");
    }
  }

  private NodeArrays bound() {
    requireOpen();
    if (arrays == null) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "the plan of %s is not bound yet", graph.name()));
    }
    return arrays;
  }

  private void requireFlat(String what, INDArray vector) {
    DataType type = request.precision().vectors();
    if (vector.rank() != 1
        || vector.length() != layout.length()
        || vector.dataType() != type
        || vector.stride(0) != 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s must be a dense vector of %d elements of %s, got shape %s of %s",
              what,
              layout.length(),
              type,
              Arrays.toString(vector.shape()),
              vector.dataType()));
    }
  }
}
