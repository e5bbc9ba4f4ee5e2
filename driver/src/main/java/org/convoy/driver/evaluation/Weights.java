package org.convoy.driver.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network's parameters and running statistics in one flat vector, and the plans that compute with
 * them. Plans are compiled when they are asked for: of any precision, mode and resolution, with
 * tensors frozen or not. All read the same vector, and all are told when it changes.
 *
 * <p>Owns the vector and the plans.
 */
public final class Weights implements AutoCloseable {
  private final Backend backend;
  private final Graph graph;
  private final Parameters layout;
  private final INDArray parameters;
  private final List<Plan> plans = new ArrayList<>();
  private Optional<Runnable> newer = Optional.empty();

  /**
   * @param parameters the flat vector, from now on owned by these weights
   */
  public Weights(Backend backend, Graph graph, INDArray parameters) {
    this.backend = backend;
    this.graph = graph;
    this.layout = Parameters.of(graph);
    this.parameters = parameters;
  }

  /** The backend that compiles plans. */
  public Backend backend() {
    return backend;
  }

  /** The network at its own resolution. */
  public Graph graph() {
    return graph;
  }

  /** The places of the tensors in the flat vector. */
  public Parameters layout() {
    return layout;
  }

  /** The flat vector of parameters and running statistics, with the newest values. */
  public INDArray parameters() {
    Optional<Runnable> bring = newer;
    newer = Optional.empty();
    bring.ifPresent(Runnable::run);
    return parameters;
  }

  /**
   * Says that newer values lie elsewhere, in a device's memory. They are copied into the vector
   * when somebody asks for it.
   *
   * @param bring copies them
   */
  public void newerElsewhere(Runnable bring) {
    newer = Optional.of(bring);
  }

  /** Compiles a plan for the network's own resolution. */
  public Plan plan(PlanRequest request) {
    return plan(graph.inputShape(), request);
  }

  /**
   * Compiles a plan. Whoever asks for it binds it: to this vector, or to a copy of it.
   *
   * @param input the shape of one sample
   */
  public Plan plan(Shape input, PlanRequest request) {
    return plan(graph.at(input), request);
  }

  /**
   * Compiles a plan of a variant of the network with the same tensors. Whoever asks for it binds
   * it: to this vector, or to a copy of it.
   */
  public Plan plan(Graph variant, PlanRequest request) {
    if (!Parameters.of(variant).equals(layout)) {
      throw new IllegalArgumentException(
          "expected a network with the tensors of " + graph.name() + ", got " + variant.name());
    }
    Plan plan = backend.compile(variant, request);
    plans.add(plan);
    return plan;
  }

  /** Closes a plan that is not needed any more. */
  public void release(Plan plan) {
    plans.remove(plan);
    plan.close();
  }

  /** To be called after the vector's values changed: tells every plan. */
  public void changed() {
    plans.forEach(Plan::parametersChanged);
  }

  /** Native bytes of all plans that are alive. */
  public long planBytes() {
    return plans.stream().mapToLong(plan -> plan.memory().totalBytes()).sum();
  }

  @Override
  public void close() {
    plans.forEach(Plan::close);
    parameters.close();
  }
}
