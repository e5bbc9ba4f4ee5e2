package org.convoy.kernels.onednn;

import org.convoy.graph.Fusion;
import org.convoy.graph.Graph;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Choices;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.kernels.Tuning;

/** oneDNN on the processor's cores; as many threads as OpenMP is given. */
public final class OnednnBackend implements Backend {

  @Override
  public String name() {
    return "onednn";
  }

  @Override
  public Plan compile(Graph graph, PlanRequest request) {
    if (request.precision() == Precision.FLOAT64) {
      throw new UnsupportedOperationException(
          "backend onednn computes in float32 or bfloat16, not in float64");
    }
    return new OnednnPlan(graph, request);
  }

  @Override
  public Choices choose(Graph graph, PlanRequest request, Tuning tuning) {
    try (Tuner tuner = new Tuner(Fusion.apply(graph), request, tuning)) {
      return tuner.choose();
    }
  }
}
