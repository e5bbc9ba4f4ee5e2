package org.convoy.kernels;

import java.util.ArrayList;
import java.util.List;
import org.convoy.graph.Graph;
import org.convoy.graph.Input;
import org.convoy.graph.Node;

/**
 * Cuts a network where a single value is all that later nodes read, into graphs that one after the
 * other compute what the network does. Names of nodes, and so of parameters, stay.
 */
final class Sections {
  private Sections() {}

  /**
   * @param least nodes of every section but the last: a residual block is one, and so are some
   *     layers in a row
   */
  static List<Graph> of(Graph graph, int least) {
    List<Node> nodes = graph.nodes();
    int[] lastReader = new int[nodes.size()];
    for (int i = 0; i < nodes.size(); i++) {
      for (int input : nodes.get(i).inputs()) {
        lastReader[input] = i;
      }
    }
    List<Graph> sections = new ArrayList<>();
    int from = 0;
    int reach = lastReader[0];
    for (int i = 1; i < nodes.size(); i++) {
      if (reach <= i && i - from >= least || i == nodes.size() - 1) {
        sections.add(section(graph, from, i));
        from = i;
      }
      reach = Math.max(reach, lastReader[i]);
    }
    return sections;
  }

  /** Nodes {@code (from, to]}; node {@code from} becomes the input. */
  private static Graph section(Graph graph, int from, int to) {
    Node source = graph.nodes().get(from);
    List<Node> nodes = new ArrayList<>();
    nodes.add(new Node(source.name(), new Input(source.shape()), List.of(), source.shape()));
    for (Node node : graph.nodes().subList(from + 1, to + 1)) {
      List<Integer> inputs = node.inputs().stream().map(input -> input - from).toList();
      nodes.add(new Node(node.name(), node.op(), inputs, node.shape()));
    }
    return new Graph(graph.name(), nodes);
  }
}
