package org.convoy.graph;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A network: nodes in topological order. The first node is the input, the last one the result.
 * Immutable; graphs with the same content are equal.
 *
 * <p>A network may have several inputs of one size: then {@link #input} names them, and a plan
 * takes them as one, channel by channel.
 *
 * <p>A network that is trained with auxiliary classifiers has several outputs. Then the last node
 * concatenates them, so that a plan still has one result, and {@link #outputs} names them. The
 * first output is the main one; {@link #main} is the network of that alone.
 *
 * @param name of the model
 * @param nodes each reads only earlier nodes
 * @param outputs what the last node concatenates, in this order, all of one shape; empty if the
 *     last node is the only output
 */
public record Graph(
    @JsonProperty("name") String name,
    @JsonProperty("nodes") List<Node> nodes,
    @JsonProperty("outputs") @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Output> outputs) {

  private static final ObjectMapper JSON = JsonMapper.builder().build();

  /** Limit on the elements of a node's result for one sample; 4 GiB in float32. */
  private static final long MOST_ELEMENTS = 1L << 30;

  /**
   * Checks names, order and every shape, so that graphs from files are as valid as graphs from
   * code. No number in a file can make a shape of more than 2<sup>30</sup> elements.
   */
  @JsonCreator
  public Graph(
      @JsonProperty("name") String name,
      @JsonProperty("nodes") List<Node> nodes,
      @JsonProperty("outputs") @Nullable List<Output> outputs) {
    this.name = name;
    this.nodes = List.copyOf(nodes);
    this.outputs = outputs == null ? List.of() : List.copyOf(outputs);
    checkNodes(name, this.nodes);
    checkOutputs();
  }

  /** A network with one output. */
  public Graph(String name, List<Node> nodes) {
    this(name, nodes, List.of());
  }

  private static void checkNodes(String name, List<Node> nodes) {
    if (nodes.isEmpty() || !(nodes.get(0).op() instanceof Input)) {
      throw new GraphException("graph " + name + " must begin with its input");
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      if (!names.add(node.name())) {
        throw new GraphException(
            String.format(Locale.ROOT, "graph %s has two nodes named %s", name, node.name()));
      }
      for (int input : node.inputs()) {
        if (input < 0 || input >= i) {
          throw new GraphException(
              String.format(
                  Locale.ROOT,
                  "node %d (%s) reads node %d, which is not before it",
                  i,
                  node.name(),
                  input));
        }
      }
      requireBounded(node);
      Shape shape = infer(nodes, node);
      if (node.inputs().contains(0)) {
        ((Input) nodes.get(0).op()).requirePart(node);
      }
      if (!shape.equals(node.shape())) {
        throw new GraphException(
            String.format(
                Locale.ROOT,
                "node %s: expected shape %s, got %s",
                node.name(),
                shape,
                node.shape()));
      }
    }
  }

  private void checkOutputs() {
    if (outputs.isEmpty()) {
      return;
    }
    Node last = nodes.get(nodes.size() - 1);
    List<String> read = last.inputs().stream().map(input -> nodes.get(input).name()).toList();
    List<String> named = outputs.stream().map(Output::node).toList();
    if (!(last.op() instanceof Concat) || !read.equals(named)) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "graph %s: expected a last node that concatenates the outputs %s, got %s of %s",
              name,
              named,
              last.op().word(),
              read));
    }
    if (inputShapes(last).stream().distinct().count() != 1) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "graph %s: expected outputs of one shape, got %s",
              name,
              inputShapes(last)));
    }
  }

  /** What the network takes, with the names of its inputs if there are several. */
  @JsonIgnore
  public Input input() {
    return (Input) nodes.get(0).op();
  }

  /** The shape of one sample that the network takes. */
  @JsonIgnore
  public Shape inputShape() {
    return nodes.get(0).shape();
  }

  /** The shape of one sample's result; of the main one, if there are several outputs. */
  @JsonIgnore
  public Shape outputShape() {
    Node last = nodes.get(nodes.size() - 1);
    return outputs.isEmpty() ? last.shape() : nodes.get(last.inputs().get(0)).shape();
  }

  /** The shape of one sample's results together, as a plan gives them. */
  @JsonIgnore
  public Shape jointShape() {
    return nodes.get(nodes.size() - 1).shape();
  }

  /** The network of the main output: without the auxiliary ones, and what only they depend on. */
  public Graph main() {
    return outputs.isEmpty()
        ? this
        : upTo(name, nodes, nodes.get(nodes.size() - 1).inputs().get(0));
  }

  /** The network of the nodes that one result depends on. */
  static Graph upTo(String name, List<Node> nodes, int result) {
    boolean[] wanted = new boolean[result + 1];
    wanted[0] = true;
    wanted[result] = true;
    for (int i = result; i >= 0; i--) {
      if (wanted[i]) {
        nodes.get(i).inputs().forEach(input -> wanted[input] = true);
      }
    }
    int[] place = new int[result + 1];
    List<Node> kept = new ArrayList<>();
    for (int i = 0; i <= result; i++) {
      if (wanted[i]) {
        Node node = nodes.get(i);
        place[i] = kept.size();
        List<Integer> inputs = node.inputs().stream().map(input -> place[input]).toList();
        kept.add(new Node(node.name(), node.op(), inputs, node.shape()));
      }
    }
    return new Graph(name, kept);
  }

  /** The shapes that a node reads. */
  public List<Shape> inputShapes(Node node) {
    return shapes(nodes, node);
  }

  /**
   * The same network for samples of another shape, for example images of another resolution: the
   * same ops and the same tensors, so one flat vector of parameters fits both.
   *
   * @throws GraphException if an op cannot take the resulting shapes, or if a tensor would change
   *     its shape, like the weights of a linear layer after a flattened image
   */
  public Graph at(Shape input) {
    if (input.equals(inputShape())) {
      return this;
    }
    List<Node> shaped = new ArrayList<>();
    for (Node node : nodes) {
      Op op = node.op() instanceof Input own ? own.at(input) : node.op();
      List<Shape> inputs = shapes(shaped, node);
      Shape shape;
      try {
        shape = op.infer(inputs);
      } catch (GraphException e) {
        throw new GraphException(
            String.format(
                Locale.ROOT, "%s at input %s: %s: %s", name, input, node.name(), e.getMessage()));
      }
      List<ParameterSpec> before = op.parameters(inputShapes(node));
      List<ParameterSpec> after = op.parameters(inputs);
      for (int i = 0; i < before.size(); i++) {
        if (!before.get(i).equals(after.get(i))) {
          throw new GraphException(
              String.format(
                  Locale.ROOT,
                  "%s at input %s: the %s of %s has shape %s for input %s and would have shape %s",
                  name,
                  input,
                  before.get(i).suffix(),
                  node.name(),
                  before.get(i).shape(),
                  inputShape(),
                  after.get(i).shape()));
        }
      }
      shaped.add(new Node(node.name(), op, node.inputs(), shape));
    }
    return new Graph(name, shaped, outputs);
  }

  /** The multiply-adds of convolutions and matrix products in one sample's forward pass. */
  public long multiplyAdds() {
    return nodes.stream().mapToLong(node -> node.op().multiplyAdds(inputShapes(node))).sum();
  }

  /** The number of later nodes that read each node. */
  public int[] readers() {
    int[] readers = new int[nodes.size()];
    for (Node node : nodes) {
      for (int input : node.inputs()) {
        readers[input]++;
      }
    }
    return readers;
  }

  /** The content of {@code model.json}. */
  public String toJson() {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads the result of {@link #toJson}.
   *
   * @throws GraphException if it is not a graph of known ops
   */
  public static Graph fromJson(String json) {
    try {
      Graph graph = JSON.readValue(json, Graph.class);
      if (graph == null) {
        throw new GraphException("not a graph: null");
      }
      return graph;
    } catch (JsonProcessingException e) {
      if (e.getCause() instanceof GraphException cause) {
        throw cause;
      }
      throw new GraphException("not a graph: " + e.getOriginalMessage());
    }
  }

  /** One line per node. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name).append('\n');
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      text.append(
          String.format(
              Locale.ROOT,
              "%4d %-32s %-14s %s %s%n",
              i,
              node.name(),
              node.shape(),
              node.inputs(),
              node.op()));
    }
    return text.toString();
  }

  private static void requireBounded(Node node) {
    if (node.shape().rank() == 0) {
      throw new GraphException(
          "node " + node.name() + ": expected a shape of at least one dimension, got none");
    }
    if (!node.shape().hasAtMost(MOST_ELEMENTS)) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "node %s: expected at most %d elements of one sample, got %s",
              node.name(),
              MOST_ELEMENTS,
              node.shape()));
    }
  }

  private static Shape infer(List<Node> nodes, Node node) {
    try {
      return node.op().infer(shapes(nodes, node));
    } catch (ArithmeticException e) {
      throw new GraphException(
          String.format(
              Locale.ROOT,
              "node %s: expected numbers that give a shape, got an overflow of %s",
              node.name(),
              node.op()));
    }
  }

  private static List<Shape> shapes(List<Node> nodes, Node node) {
    return node.inputs().stream().map(input -> nodes.get(input).shape()).toList();
  }
}
