package org.convoy.driver.evaluation;

import org.convoy.artifact.ModelExamples;
import org.convoy.graph.Draws;
import org.convoy.graph.Graph;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The examples that a saved model carries. Their inputs are drawn: they lie in the range of
 * normalised images and say nothing of anybody's data. They are computed one by one in float32.
 */
public final class Examples {
  private static final int COUNT = 2;

  /** Normalised images lie in about this range. */
  private static final double LARGEST = 2;

  private static final long SEED = 1;

  private Examples() {}

  /** The plan that computes them. */
  public static PlanRequest request() {
    return PlanRequest.inference(1);
  }

  /**
   * Draws the inputs and computes the outputs.
   *
   * @param parameters of the network, in its layout
   * @return arrays that the caller closes
   */
  public static ModelExamples of(Backend backend, Graph graph, INDArray parameters) {
    INDArray inputs = Nd4j.create(DataType.FLOAT, graph.inputShape().batched(COUNT));
    Draws draws = new Draws(SEED, "examples");
    for (long i = 0; i < inputs.length(); i++) {
      inputs.data().put(i, LARGEST * (2 * draws.uniform(i) - 1));
    }
    try (Plan plan = backend.compile(graph, request())) {
      return new ModelExamples(inputs, outputs(plan, inputs, parameters));
    }
  }

  /**
   * What a plan computes of inputs, one by one.
   *
   * @param plan of {@link #request}
   * @return {@code (count, classes)}, the caller closes it
   */
  static INDArray outputs(Plan plan, INDArray inputs, INDArray parameters) {
    plan.bind(parameters, parameters);
    int count = Math.toIntExact(inputs.size(0));
    INDArray outputs = Nd4j.create(DataType.FLOAT, count, plan.output().length());
    for (int i = 0; i < count; i++) {
      plan.input().assign(inputs.slice(i).reshape(plan.input().shape()));
      plan.forward(0);
      outputs.putRow(i, plan.output().reshape(plan.output().length()));
    }
    return outputs;
  }
}
