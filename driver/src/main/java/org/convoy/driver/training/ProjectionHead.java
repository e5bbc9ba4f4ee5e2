package org.convoy.driver.training;

import java.util.ArrayList;
import java.util.List;
import org.convoy.graph.Activate;
import org.convoy.graph.Graph;
import org.convoy.graph.Linear;
import org.convoy.graph.Node;
import org.convoy.graph.Op;
import org.convoy.settings.RequestException;

/**
 * The layers that contrastive training adds to a network (SimCLR, Chen et al. 2020, section 4.2): a
 * rectifier and a linear layer after the network's last one. A network that starts from such a
 * model does without them.
 */
final class ProjectionHead {
  private static final String SCOPE = "projection.";

  private ProjectionHead() {}

  /**
   * The network with the head.
   *
   * @param features the number of outputs
   */
  static Graph on(Graph network, int features) {
    List<Node> nodes = new ArrayList<>(network.nodes());
    Node last = nodes.get(nodes.size() - 1);
    if (last.shape().dimensions().size() != 1) {
      throw new RequestException(
          "task.name: expected a network with one vector of outputs for contrastive, got "
              + network.name()
              + " with "
              + last.shape());
    }
    add(nodes, "relu", Activate.of(Activate.Function.RELU));
    add(nodes, "fc", Linear.of(features));
    return new Graph(network.name(), nodes);
  }

  private static void add(List<Node> nodes, String name, Op op) {
    Node last = nodes.get(nodes.size() - 1);
    List<Integer> input = List.of(nodes.size() - 1);
    nodes.add(new Node(SCOPE + name, op, input, op.infer(List.of(last.shape()))));
  }

  /** Whether a tensor belongs to the head. */
  static boolean has(String tensor) {
    return tensor.startsWith(SCOPE);
  }
}
