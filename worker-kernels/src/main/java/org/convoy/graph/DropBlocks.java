package org.convoy.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * DropBlock in a network that was written without it (Ghiasi et al. 2018, "DropBlock: A
 * regularization method for convolutional networks", arXiv 1810.12890, section 3): behind batch
 * normalisations, and on the shortcuts that sums add. Tensors and the names of other nodes stay as
 * they are.
 *
 * <p>The paper drops behind the rectifier. That is the same: a rectifier keeps zeros, and it does
 * not matter whether it comes before or after a factor that is not negative.
 */
public final class DropBlocks {
  private static final String WORD = ".drop_block";

  private DropBlocks() {}

  /**
   * The network with blocks dropped in training.
   *
   * @param names of the batch normalisations and sums to which this happens
   * @param block the op, see {@link Dropout#block}
   */
  public static Graph in(Graph graph, Predicate<String> names, Dropout block) {
    List<Node> nodes = new ArrayList<>();
    int[] place = new int[graph.nodes().size()];
    boolean[] dropped = new boolean[graph.nodes().size()];
    for (int i = 0; i < place.length; i++) {
      Node node = graph.nodes().get(i);
      List<Integer> inputs = new ArrayList<>(node.inputs().stream().map(at -> place[at]).toList());
      boolean wanted = takes(node) && names.test(node.name());
      if (wanted && node.op() instanceof Add) {
        for (int input = 0; input < inputs.size(); input++) {
          int source = node.inputs().get(input);
          if (!dropped[source]) {
            String name = node.name() + WORD + (input == 0 ? "" : "_" + input);
            inputs.set(input, add(nodes, name, inputs.get(input), block));
          }
        }
      }
      nodes.add(new Node(node.name(), node.op(), inputs, node.shape()));
      place[i] = nodes.size() - 1;
      if (wanted && node.op() instanceof BatchNorm) {
        place[i] = add(nodes, node.name() + WORD, place[i], block);
        dropped[i] = true;
      }
    }
    return new Graph(graph.name(), nodes, graph.outputs());
  }

  /** Whether blocks may be dropped at a node: a batch normalisation or a sum of feature maps. */
  public static boolean takes(Node node) {
    return (node.op() instanceof BatchNorm || node.op() instanceof Add)
        && node.shape().spatialRank() > 0;
  }

  private static int add(List<Node> nodes, String name, int input, Dropout block) {
    nodes.add(new Node(name, block, List.of(input), nodes.get(input).shape()));
    return nodes.size() - 1;
  }
}
