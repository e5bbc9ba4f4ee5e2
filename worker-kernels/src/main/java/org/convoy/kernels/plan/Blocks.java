package org.convoy.kernels.plan;

import java.util.ArrayList;
import java.util.List;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;

/**
 * Cuts a graph into runs of nodes that are computed twice. A run can end where a single value is
 * all that later nodes read; of the cuts that are possible those are taken that make the values
 * between runs and the largest run together smallest.
 */
final class Blocks {

  /**
   * Nodes {@code [from, to]}.
   *
   * @param from 1 for the first, as node 0 is the input
   */
  record Block(int from, int to) {}

  private Blocks() {}

  /** All nodes as one run. */
  static List<Block> whole(Graph graph) {
    return List.of(new Block(1, graph.nodes().size() - 1));
  }

  /** The blocks that are computed twice. */
  static List<Block> of(Graph graph) {
    List<Integer> cuts = cuts(graph);
    List<Block> best = whole(graph);
    long least = cost(graph, best);
    // Runs are filled up to a limit; the limits that are tried are halves of one another.
    for (long limit = elements(graph, 1, graph.nodes().size() - 1); limit > 0; limit /= 2) {
      List<Block> blocks = filled(graph, cuts, limit);
      long cost = cost(graph, blocks);
      if (cost < least) {
        least = cost;
        best = blocks;
      }
    }
    return best;
  }

  /** The nodes behind which only their own result is read. */
  private static List<Integer> cuts(Graph graph) {
    List<Node> nodes = graph.nodes();
    int[] lastReader = new int[nodes.size()];
    for (int i = 0; i < nodes.size(); i++) {
      for (int input : nodes.get(i).inputs()) {
        lastReader[input] = i;
      }
    }
    List<Integer> cuts = new ArrayList<>();
    int reach = lastReader[0];
    for (int i = 1; i < nodes.size() - 1; i++) {
      if (reach <= i) {
        cuts.add(i);
      }
      reach = Math.max(reach, lastReader[i]);
    }
    return cuts;
  }

  private static List<Block> filled(Graph graph, List<Integer> cuts, long limit) {
    List<Block> blocks = new ArrayList<>();
    int from = 1;
    for (int i = 0; i < cuts.size(); i++) {
      int next = i + 1 < cuts.size() ? cuts.get(i + 1) : graph.nodes().size() - 1;
      if (elements(graph, from, next) > limit) {
        blocks.add(new Block(from, cuts.get(i)));
        from = cuts.get(i) + 1;
      }
    }
    blocks.add(new Block(from, graph.nodes().size() - 1));
    return blocks;
  }

  private static long cost(Graph graph, List<Block> blocks) {
    long kept = 0;
    long largest = 0;
    for (Block block : blocks) {
      kept += graph.nodes().get(block.to()).shape().elements();
      largest = Math.max(largest, elements(graph, block.from(), block.to()));
    }
    return kept + largest;
  }

  /** Elements of one sample's results. */
  private static long elements(Graph graph, int from, int to) {
    return graph.nodes().subList(from, to + 1).stream()
        .mapToLong(node -> node.shape().elements())
        .sum();
  }
}
