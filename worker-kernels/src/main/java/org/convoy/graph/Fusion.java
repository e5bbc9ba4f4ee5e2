package org.convoy.graph;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Fuses consecutive ops into one that passes over memory once: batch normalisation with the activation that follows, and with an addition between the two if the activation is ReLU. Names, parameters and results do not change.
 */
public final class Fusion {
  private static final Set<Activate.Function> FUSABLE =
      EnumSet.of(
          Activate.Function.RELU,
          Activate.Function.RELU6,
          Activate.Function.SILU,
          Activate.Function.HARD_SWISH);

  private Fusion() {}

  public static Graph apply(Graph graph) {
    int[] readers = graph.readers();
    List<Node> nodes = graph.nodes();
    Node[] rewritten = nodes.toArray(Node[]::new);
    boolean[] dropped = new boolean[nodes.size()];
    for (int i = 0; i < nodes.size(); i++) {
      if (!(nodes.get(i).op() instanceof Activate activate)
          || !FUSABLE.contains(activate.function())) {
        continue;
      }
      int source = nodes.get(i).inputs().get(0);
      if (readers[source] != 1) {
        continue;
      }
      Node before = nodes.get(source);
      if (before.op() instanceof BatchNorm norm && norm.activation().isEmpty()) {
        BatchNorm fused = norm.followedBy(activate.function());
        rewritten[i] = new Node(before.name(), fused, before.inputs(), before.shape());
        dropped[source] = true;
      } else if (before.op() instanceof Add && activate.function() == Activate.Function.RELU) {
        // Fuses the addend's norm that is computed last, because its input is still in the cache.
        int first = before.inputs().get(0);
        int second = before.inputs().get(1);
        int norm = Math.max(fusable(nodes, readers, first), fusable(nodes, readers, second));
        if (norm >= 0 && first != second) {
          Node node = nodes.get(norm);
          List<Integer> inputs = List.of(node.inputs().get(0), norm == first ? second : first);
          BatchNorm fused = ((BatchNorm) node.op()).followedBy(activate.function());
          rewritten[i] = new Node(node.name(), fused, inputs, node.shape());
          dropped[source] = true;
          dropped[norm] = true;
        }
      }
    }
    int[] place = new int[nodes.size()];
    List<Node> kept = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      if (!dropped[i]) {
        place[i] = kept.size();
        Node node = rewritten[i];
        List<Integer> inputs = node.inputs().stream().map(input -> place[input]).toList();
        kept.add(new Node(node.name(), node.op(), inputs, node.shape()));
      }
    }
    return new Graph(graph.name(), kept);
  }

  private static int fusable(List<Node> nodes, int[] readers, int index) {
    return nodes.get(index).op() instanceof BatchNorm norm
            && norm.activation().isEmpty()
            && nodes.get(index).inputs().size() == 1
            && readers[index] == 1
        ? index
        : -1;
  }
}
