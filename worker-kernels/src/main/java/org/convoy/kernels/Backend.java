package org.convoy.kernels;

import java.util.Map;
import java.util.Optional;
import org.convoy.graph.Graph;
import org.convoy.kernels.cuda.Device;

/** Computes graphs. Stateless: plans hold all memory. */
public interface Backend {

  /** Its name in recipes, for example {@code onednn}. */
  String name();

  /** Why it cannot compute on this machine; empty where it can. */
  default Optional<String> unavailable() {
    return Optional.empty();
  }

  /**
   * The precision that a plan computes in here if this one is requested: a higher one where the
   * processor lacks the instructions. {@link Plan#request()} states it too.
   */
  default Precision effective(Precision asked) {
    return asked;
  }

  /** The machine that it computes with here. */
  default Machine machine() {
    return new Machine(
        Machine.processorName(), "", Machine.NO_KERNELS, KernelThreads.count(), name());
  }

  /**
   * The device in whose memory its plans compute here, for vectors that stay there; empty for a
   * backend that computes in the host's memory.
   *
   * @throws UnsupportedOperationException if the backend cannot compute here
   */
  default Optional<Device> device() {
    return Optional.empty();
  }

  /**
   * Compiles a graph and lays out its memory. Native memory is allocated when the plan is bound,
   * not before.
   *
   * @throws UnsupportedOperationException if the backend or the processor cannot do this; the
   *     message names the missing feature
   */
  Plan compile(Graph graph, PlanRequest request);

  /**
   * The memory of a plan, on a machine that need not be able to compute it: the one that a run is
   * submitted from.
   */
  default PlanMemory memory(Graph graph, PlanRequest request) {
    try (Plan plan = compile(graph, request)) {
      return plan.memory();
    }
  }

  /**
   * Finds the fastest implementations for a graph by timing them now, on generated numbers. Kernels
   * that this process, or another one that saved the times, has timed before are not timed again.
   *
   * @param request the request; its own choices are ignored
   * @return empty for a backend with one implementation of each kernel
   */
  default Choices choose(Graph graph, PlanRequest request, Tuning tuning) {
    return Choices.NONE;
  }

  /**
   * Times implementations for a graph, as {@link #choose} does. For each kernel with several, it
   * returns the seconds of the fastest one alone, whether or not its layouts fit its neighbours.
   *
   * @return seconds by the kernel's word, or by a node's name for all kernels of that node
   *     together; a missing kernel has one implementation
   */
  default Map<String, Double> fastest(Graph graph, PlanRequest request, Tuning tuning) {
    return Map.of();
  }
}
