package org.convoy.kernels;

import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;

/**
 * Determines how far a plan's backward goes: the tensors that are trained, and the nodes whose
 * gradients are needed to train them. A node whose gradient is not needed is only computed forward,
 * and backward keeps nothing of it.
 */
public final class GradientFlow {
  private final Frozen frozen;
  private final boolean training;
  private final boolean[] trains;
  private final boolean[] needed;

  /**
   * @param graph as it is computed, fused or not
   * @throws IllegalArgumentException if the request freezes a tensor that does not exist
   */
  public GradientFlow(Graph graph, Parameters layout, PlanRequest request) {
    request.frozen().check(layout);
    this.frozen = request.frozen();
    this.training = request.mode() == Mode.TRAINING;
    int nodes = graph.nodes().size();
    this.trains = new boolean[nodes];
    this.needed = new boolean[nodes];
    needed[0] = request.inputGradient();
    for (int i = 1; i < nodes; i++) {
      Node node = graph.nodes().get(i);
      trains[i] = layout.of(graph, node).stream().anyMatch(this::trains);
      needed[i] = trains[i] || node.inputs().stream().anyMatch(input -> needed[input]);
    }
  }

  /** Whether the gradient of a tensor is computed. */
  public boolean trains(Parameter parameter) {
    return training && parameter.kind().trainable() && !frozen.contains(parameter);
  }

  /** Whether the gradient of any tensor of a node is computed. */
  public boolean trains(int node) {
    return trains[node];
  }

  /**
   * Whether the gradient of a node's result is computed: this node or one before it has a tensor
   * that is trained, or the gradient of the input was requested.
   */
  public boolean needs(int node) {
    return needed[node];
  }
}
