package org.convoy.driver.training;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.convoy.graph.Draws;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network's parameters and running statistics in one flat vector, and the plans that compute with
 * them. Plans are compiled when they are asked for: of any precision, mode and resolution, with
 * tensors frozen or not. All read the same vector, and all are told when it changes.
 *
 * <p>Owns the vector and the plans.
 */
final class Weights implements AutoCloseable {
  private final Backend backend;
  private final Graph graph;
  private final Parameters layout;
  private final INDArray parameters;
  private final List<Plan> plans = new ArrayList<>();

  /**
   * @param parameters the flat vector, from now on owned by these weights
   */
  Weights(Backend backend, Graph graph, INDArray parameters) {
    this.backend = backend;
    this.graph = graph;
    this.layout = Parameters.of(graph);
    this.parameters = parameters;
  }

  /**
   * The weights that a run begins with: those of the model that it starts from, and what that does
   * not have drawn from the recipe's seed.
   *
   * @throws IOException if the model cannot be read
   */
  static Weights first(Backend backend, RunSpec spec, Configuration hadoop) throws IOException {
    Graph graph = spec.graph();
    long seed = new Draws(spec.recipe().seed(), "parameters").bits(0);
    INDArray parameters = Parameters.of(graph).initialize(seed, DataType.FLOAT);
    GivenModels.Given start = spec.models().start();
    if (start.there() && spec.resumeFrom().isEmpty()) {
      try (StartingPoint point = StartingPoint.open(start.location(), spec, hadoop)) {
        start.requireSame(point.sha256());
        point.copyTo(parameters);
      }
    }
    return new Weights(backend, graph, parameters);
  }

  Graph graph() {
    return graph;
  }

  Parameters layout() {
    return layout;
  }

  /** The flat vector of parameters and running statistics. */
  INDArray parameters() {
    return parameters;
  }

  /** Compiles a plan for the network's own resolution. */
  Plan plan(PlanRequest request) {
    return plan(graph.inputShape(), request);
  }

  /**
   * Compiles a plan. Whoever asks for it binds it: to this vector, or to a copy of it.
   *
   * @param input the shape of one sample
   */
  Plan plan(Shape input, PlanRequest request) {
    Plan plan = backend.compile(graph.at(input), request);
    plans.add(plan);
    return plan;
  }

  /** Closes a plan that is not needed any more. */
  void release(Plan plan) {
    plans.remove(plan);
    plan.close();
  }

  /** To be called after the vector's values changed: tells every plan. */
  void changed() {
    plans.forEach(Plan::parametersChanged);
  }

  /** Native bytes of all plans that are alive. */
  long planBytes() {
    return plans.stream().mapToLong(plan -> plan.memory().totalBytes()).sum();
  }

  @Override
  public void close() {
    plans.forEach(Plan::close);
    parameters.close();
  }
}
