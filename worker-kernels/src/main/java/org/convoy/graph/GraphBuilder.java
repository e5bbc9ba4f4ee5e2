package org.convoy.graph;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects the nodes of a network and their names. */
final class GraphBuilder {
  private final List<Node> nodes = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /** The shape of a node's result. */
  Shape shape(int node) {
    return nodes.get(node).shape();
  }

  /**
   * Adds a node and returns its index.
   *
   * @param path the node's name; where it is empty or ends with a dot, the op's word completes it
   * @throws GraphException if the op cannot take these inputs, or the name is taken
   */
  int add(String path, Op op, List<Integer> inputs) {
    boolean named = !path.isEmpty() && !path.endsWith(".");
    String name = named ? path : path + op.word();
    List<Shape> shapes = inputs.stream().map(input -> nodes.get(input).shape()).toList();
    Shape shape;
    try {
      shape = op.infer(shapes);
    } catch (GraphException e) {
      throw new GraphException(name + ": " + e.getMessage());
    }
    if (!names.add(name)) {
      if (named) {
        throw new GraphException(name + ": the name is taken already");
      }
      int number = 1;
      while (!names.add(name + "_" + number)) {
        number++;
      }
      name = name + "_" + number;
    }
    nodes.add(new Node(name, op, inputs, shape));
    return nodes.size() - 1;
  }

  /** The network of the nodes that one result depends on. */
  Graph graph(String name, int result) {
    return Graph.upTo(name, nodes, result);
  }

  /** The name of a node. */
  String name(int node) {
    return nodes.get(node).name();
  }
}
