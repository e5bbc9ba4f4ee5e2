package org.convoy.kernels;

import org.convoy.graph.Graph;

/** A way to compute graphs. Stateless; plans hold what there is to hold. */
public interface Backend {

  /** The word for it in recipes, for example {@code onednn}. */
  String name();

  /**
   * The precision in which a plan that is asked for in this one computes here: a plainer one where
   * the processor lacks the instructions. {@link Plan#request()} states it too.
   */
  default Precision effective(Precision asked) {
    return asked;
  }

  /**
   * Lays out everything a graph needs. Native memory is taken when the plan is bound, not before.
   *
   * @throws UnsupportedOperationException if the backend or the processor cannot do what is asked;
   *     the message says what
   */
  Plan compile(Graph graph, PlanRequest request);
}
