package org.convoy.kernels.nd4j;

import org.convoy.graph.Graph;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;

/** The reference: every op as its definition reads, in float32 or float64. */
public final class Nd4jBackend implements Backend {

  @Override
  public String name() {
    return "nd4j";
  }

  @Override
  public Plan compile(Graph graph, PlanRequest request) {
    if (request.precision() == Precision.BFLOAT16) {
      throw new UnsupportedOperationException(
          "nd4j computes in FLOAT32 or FLOAT64, asked for " + request.precision());
    }
    return new Nd4jPlan(graph, request);
  }
}
