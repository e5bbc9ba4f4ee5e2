package org.convoy.driver.training;

import java.util.Arrays;
import org.bytedeco.javacpp.Pointer;
import org.convoy.graph.Draws;
import org.convoy.graph.Parameters;
import org.convoy.image.loader.Batch;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Choices;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.kernels.Recomputation;
import org.convoy.loss.Loss;
import org.convoy.loss.Targets;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One executor's copy of the network: the flat vectors, and the plan that computes a micro-batch's
 * gradient.
 */
final class Replica implements AutoCloseable {
  private final Plan plan;
  private final Loss loss;
  private final Draws draws;
  private final INDArray parameters;
  private final INDArray gradient;
  private final INDArray outputGradient;
  private INDArray used;

  /** What a training plan of this run is compiled for, by the backend's rules. */
  static PlanRequest request(RunSpec spec, Precision precision) {
    Recomputation recomputation =
        switch (spec.recipe().activationCheckpointing()) {
          case NONE -> Recomputation.NONE;
          case BLOCKS -> Recomputation.BLOCKS;
        };
    return PlanRequest.training(spec.microBatchSize())
        .precision(precision)
        .recomputation(recomputation);
  }

  /** Compiles the plan and starts the parameters from the recipe's seed. */
  Replica(Backend backend, RunSpec spec, Precision precision, Choices choices) {
    PlanRequest request = request(spec, precision).choices(choices);
    this.plan = backend.compile(spec.graph(), request);
    this.loss = spec.recipe().loss();
    this.draws = new Draws(spec.recipe().seed(), "network");
    Parameters layout = plan.layout();
    this.parameters =
        layout.initialize(new Draws(spec.recipe().seed(), "parameters").bits(0), DataType.FLOAT);
    this.gradient = Nd4j.create(DataType.FLOAT, layout.length());
    this.outputGradient =
        Nd4j.create(DataType.FLOAT, plan.graph().outputShape().batched(spec.microBatchSize()));
    plan.bind(parameters, gradient);
    this.used = parameters;
  }

  Plan plan() {
    return plan;
  }

  Parameters layout() {
    return plan.layout();
  }

  /** Its own flat vector of parameters and running statistics, which it computes with at first. */
  INDArray parameters() {
    return parameters;
  }

  /** The flat gradient of the last micro-batch. */
  INDArray gradient() {
    return gradient;
  }

  /** Computes with another vector of parameters from now on; it stays the caller's. */
  void use(INDArray other) {
    if (used != other) {
      plan.bind(other, gradient);
      used = other;
    }
  }

  /**
   * Computes a micro-batch's gradient.
   *
   * @param key of its random draws, its number in the run
   * @param listener told of parts of the gradient as they are finished
   * @return the mean loss over the images that count
   */
  double compute(Batch batch, long key, GradientListener listener) {
    long bytes = plan.input().length() * Float.BYTES;
    Pointer.memcpy(plan.input().data().addressPointer(), batch.images(), bytes);
    plan.forward(draws.bits(key));
    Targets targets = Targets.classes(batch.labels());
    double value = loss.evaluate(plan.output(), targets, batch.weights(), outputGradient);
    plan.backward(outputGradient, listener);
    return value;
  }

  @Override
  public void close() {
    plan.close();
    for (INDArray array : Arrays.asList(parameters, gradient, outputGradient)) {
      array.close();
    }
  }
}
