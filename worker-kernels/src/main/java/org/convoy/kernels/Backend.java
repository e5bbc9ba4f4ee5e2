package org.convoy.kernels;

import java.util.Map;
import org.convoy.graph.Graph;

/** Computes graphs. Stateless: plans hold all memory. */
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

  /** What it computes with here. */
  default Machine machine() {
    return new Machine(
        Machine.processorName(), "", Machine.NO_KERNELS, KernelThreads.count(), name());
  }

  /**
   * Lays out everything a graph needs. Native memory is taken when the plan is bound, not before.
   *
   * @throws UnsupportedOperationException if the backend or the processor cannot do what is asked;
   *     the message says what
   */
  Plan compile(Graph graph, PlanRequest request);

  /**
   * Finds the fastest implementations for a graph: times them here and now, on made-up numbers.
   * What was timed before, by this process or by another one that kept the times, is not timed
   * again.
   *
   * @param request its own choices are ignored
   * @return none for a backend that has one implementation of everything
   */
  default Choices choose(Graph graph, PlanRequest request, Tuning tuning) {
    return Choices.NONE;
  }

  /**
   * Times implementations for a graph, as {@link #choose} does. For each kernel that has several,
   * it tells the seconds that the fastest takes alone, whether or not it suits its neighbours.
   *
   * @return by the kernel's word, or by a node's name for all kernels of that node together; a
   *     kernel that is missing has one implementation
   */
  default Map<String, Double> fastest(Graph graph, PlanRequest request, Tuning tuning) {
    return Map.of();
  }
}
