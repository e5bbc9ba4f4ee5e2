package org.convoy.kernels.nd4j;

import org.convoy.graph.Graph;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;

/**
 * The reference: computes every op by its definition, in float32 or float64.
 *
 * <p>It also defines the results of bfloat16 plans. Every op computes in float32. Rounded to the
 * nearest bfloat16 number, with ties to even, are: the input; every node's result; every gradient
 * that passes from node to node, each part of a sum and the sum; the weights that convolutions,
 * transposed convolutions and linear layers compute with. Biases, factors and shifts of norms,
 * other parameters and the gradients of all parameters stay float32. A backend that fuses ops
 * rounds less often.
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
