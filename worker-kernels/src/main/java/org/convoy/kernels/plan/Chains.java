package org.convoy.kernels.plan;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.convoy.graph.Activate;
import org.convoy.graph.Add;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Multiply;
import org.convoy.graph.Node;
import org.convoy.graph.Pool;
import org.convoy.kernels.GradientFlow;

/**
 * The {@link Chain}s of a fused graph, made of nodes without a backward pass: all nodes of an
 * inference plan, and the frozen beginning of a training plan. A single convolution is no chain.
 */
public final class Chains {
  private final Graph graph;
  private final GradientFlow flow;
  private final Map<Integer, Chain> byLast = new TreeMap<>();
  private final Map<Integer, Integer> lastByLink = new TreeMap<>();

  private Chains(Graph graph, GradientFlow flow) {
    this.graph = graph;
    this.flow = flow;
  }

  public static Chains of(Graph fused, GradientFlow flow) {
    Chains chains = new Chains(fused, flow);
    Chain.Links links = new Chain.Links(fused, node -> !flow.needs(node));
    for (int i = 1; i < fused.nodes().size(); i++) {
      if (fused.nodes().get(i).op() instanceof Convolution && !flow.needs(i)) {
        chains.add(links.from(i));
      }
    }
    return chains;
  }

  private void add(Chain chain) {
    if (chain.links().size() > 1) {
      byLast.put(chain.last(), chain);
      chain.links().forEach(link -> lastByLink.put(link, chain.last()));
    }
  }

  /** All nodes of all chains. */
  public Set<Integer> links() {
    return new TreeSet<>(lastByLink.keySet());
  }

  /** Whether a node is computed with a later one, the last of its chain. */
  public boolean deferred(int node) {
    return computedAt(node) != node;
  }

  /** The chain that a node is the last of, if it is. */
  public Optional<Chain> endingAt(int node) {
    return Optional.ofNullable(byLast.get(node));
  }

  private int computedAt(int node) {
    return lastByLink.getOrDefault(node, node);
  }

  /**
   * Whether a chain may write over a node's result: the chain is its last reader, and nothing reads
   * the result later, in backward for example.
   */
  public boolean diesIn(int node, Chain chain) {
    if (!writesItsResult(graph.nodes().get(node)) || chain.convolution().inputs().contains(node)) {
      return false;
    }
    for (int i = node + 1; i < graph.nodes().size(); i++) {
      Node reader = graph.nodes().get(i);
      if (reader.inputs().contains(node)
          && !chain.links().contains(i)
          && (computedAt(i) > chain.last() || !writesItsResult(reader) || flow.needs(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether a node's result has its own memory, and does not share that of the node's input. */
  private static boolean writesItsResult(Node node) {
    return node.op() instanceof Convolution
        || node.op() instanceof BatchNorm
        || node.op() instanceof Activate
        || node.op() instanceof Add
        || node.op() instanceof Multiply
        || node.op() instanceof Pool;
  }
}
