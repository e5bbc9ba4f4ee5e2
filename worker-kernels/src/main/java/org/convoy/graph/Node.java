package org.convoy.graph;

import java.util.List;

/**
 * One op of a graph and the nodes that it reads.
 *
 * @param name unique in the graph; its parameters are named after it
 * @param inputs the indices of earlier nodes
 * @param shape of one sample's result
 */
public record Node(String name, Op op, List<Integer> inputs, Shape shape) {
  public Node {
    inputs = List.copyOf(inputs);
  }
}
