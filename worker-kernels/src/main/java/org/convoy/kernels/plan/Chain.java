package org.convoy.kernels.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntPredicate;
import org.convoy.graph.Activate;
import org.convoy.graph.Add;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;

/**
 * A convolution without a backward pass, and the ops that are computed in the same pass over its
 * result: batch normalisation by running statistics, which becomes part of the weights, then an
 * addition, then an activation.
 *
 * @param convolution where the chain begins
 * @param norm folded into weights and bias
 * @param addend the node whose result is added
 * @param activation applied last
 * @param links the nodes of the chain; no other node reads the results between them
 */
public record Chain(
    Node convolution,
    Optional<Node> norm,
    OptionalInt addend,
    Optional<Activate> activation,
    List<Integer> links) {

  /** A convolution by itself. */
  public static Chain of(Node convolution) {
    return new Chain(
        convolution, Optional.empty(), OptionalInt.empty(), Optional.empty(), List.of());
  }

  /** The last node, whose result is the chain's. */
  public int last() {
    return links.get(links.size() - 1);
  }

  /** Follows results that have one reader. */
  static final class Links {
    private final List<Node> nodes;
    private final int[] readers;
    private final int[] reader;
    private final IntPredicate allowed;
    private final Set<Integer> claimed = new HashSet<>();

    /**
     * @param allowed which nodes may be links
     */
    Links(Graph graph, IntPredicate allowed) {
      this.allowed = allowed;
      nodes = graph.nodes();
      readers = graph.readers();
      reader = new int[nodes.size()];
      for (int i = 0; i < nodes.size(); i++) {
        for (int input : nodes.get(i).inputs()) {
          reader[input] = i;
        }
      }
    }

    /** A node that could end two chains ends that of the first convolution. */
    Chain from(int convolution) {
      List<Integer> links = new ArrayList<>(List.of(convolution));
      Optional<Node> norm = Optional.empty();
      OptionalInt addend = OptionalInt.empty();
      Optional<Activate> activation = Optional.empty();
      int last = convolution;
      while (readers[last] == 1 && activation.isEmpty()) {
        int next = reader[last];
        Node node = nodes.get(next);
        if (claimed.contains(next) || !allowed.test(next)) {
          break;
        } else if (node.op() instanceof BatchNorm op
            && norm.isEmpty()
            && addend.isEmpty()
            && node.inputs().get(0) == last) {
          norm = Optional.of(node);
          if (node.inputs().size() == 2) {
            addend = OptionalInt.of(node.inputs().get(1));
          }
          activation = op.activation().map(Activate::of);
        } else if (node.op() instanceof Add && addend.isEmpty()) {
          List<Integer> inputs = node.inputs();
          addend = OptionalInt.of(inputs.get(0) == last ? inputs.get(1) : inputs.get(0));
        } else if (node.op() instanceof Activate op) {
          activation = Optional.of(op);
        } else {
          break;
        }
        links.add(next);
        claimed.add(next);
        last = next;
      }
      return new Chain(nodes.get(convolution), norm, addend, activation, links);
    }
  }
}
