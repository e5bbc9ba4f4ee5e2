package org.convoy.kernels.nd4j;

import org.convoy.graph.Graph;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;

/**
 * The reference: every op as its definition reads, in float32 or float64.
 *
 * <p>In bfloat16 it says what a plan of that precision computes. Every op computes in float32, and
 * to the nearest bfloat16 number, ties to even, are rounded: the input; every node's result; every
 * gradient that passes from node to node, each part of a sum and the sum; the weights of
 * convolutions, transposed convolutions and linear layers as they are computed with. Biases,
 * factors and shifts of norms, other parameters and the gradients of all parameters stay float32. A
 * backend that fuses ops rounds less often.
 */
public final class Nd4jBackend implements Backend {

  @Override
  public String name() {
    return "nd4j";
  }

  @Override
  public Plan compile(Graph graph, PlanRequest request) {
    return new Nd4jPlan(graph, request);
  }
}
