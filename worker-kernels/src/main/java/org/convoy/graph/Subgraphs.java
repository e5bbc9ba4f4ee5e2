package org.convoy.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * Networks that are a part of another one. Their nodes and tensors keep their names, so that
 * weights are found by name.
 */
public final class Subgraphs {
  private Subgraphs() {}

  /** The network as inference computes it, without dropout. It has the same tensors. */
  public static Graph withoutDropout(Graph graph) {
    List<Node> nodes = graph.nodes();
    int[] place = new int[nodes.size()];
    List<Node> kept = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      if (node.op() instanceof Dropout && i < nodes.size() - 1) {
        place[i] = place[node.inputs().get(0)];
      } else {
        place[i] = kept.size();
        kept.add(moved(node, place));
      }
    }
    return new Graph(graph.name(), kept, graph.outputs());
  }

  /** Whether every path from the input to the result goes through a node. */
  public static boolean separates(Graph graph, int node) {
    List<Node> nodes = graph.nodes();
    return nodes.subList(node + 1, nodes.size()).stream()
        .allMatch(later -> later.inputs().stream().allMatch(input -> input >= node));
  }

  /** The part that computes a node's result. */
  public static Graph upTo(Graph graph, int node) {
    return Graph.upTo(graph.name(), graph.nodes(), node);
  }

  /**
   * The part that computes the result from a node's result, which is its input.
   *
   * @throws GraphException unless the node {@link #separates} the graph
   */
  public static Graph after(Graph graph, int node) {
    List<Node> nodes = graph.nodes();
    Node cut = nodes.get(node);
    if (!separates(graph, node)) {
      throw new GraphException(
          String.format(
              Locale.ROOT, "%s: there is a path beside the node %s", graph.name(), cut.name()));
    }
    int[] place = new int[nodes.size()];
    List<Node> kept = new ArrayList<>();
    kept.add(new Node(cut.name(), new Input(cut.shape()), List.of(), cut.shape()));
    for (int i = node + 1; i < nodes.size(); i++) {
      place[i] = kept.size();
      kept.add(moved(nodes.get(i), place));
    }
    return new Graph(graph.name(), kept, graph.outputs());
  }

  /**
   * The vector of features that the last layer, a linear one, makes outputs of.
   *
   * @return its node; empty if the network does not end so
   */
  public static OptionalInt embedding(Graph graph) {
    Node last = graph.nodes().get(graph.nodes().size() - 1);
    boolean linear = last.op() instanceof Linear && last.shape().positions() == 1;
    return linear ? OptionalInt.of(last.inputs().get(0)) : OptionalInt.empty();
  }

  /** The network with another node's vector of features behind its outputs. */
  public static Graph withFeatures(Graph graph, int node) {
    List<Node> nodes = new ArrayList<>(graph.nodes());
    List<Integer> inputs = List.of(nodes.size() - 1, node);
    Shape shape =
        new Concat().infer(inputs.stream().map(input -> nodes.get(input).shape()).toList());
    nodes.add(new Node("outputs and features", new Concat(), inputs, shape));
    return new Graph(graph.name(), nodes);
  }

  private static Node moved(Node node, int[] place) {
    List<Integer> inputs = node.inputs().stream().map(input -> place[input]).toList();
    return new Node(node.name(), node.op(), inputs, node.shape());
  }
}
