package org.convoy.jobs.benchmark;

import org.convoy.graph.Draws;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.kernels.Backend;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.loss.CrossEntropy;
import org.convoy.loss.Loss;
import org.convoy.loss.Targets;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A network under softmax cross entropy, on one batch of made-up images. */
final class TrainingStep implements AutoCloseable {
  private final Plan plan;
  private final INDArray parameters;
  private final INDArray gradient;
  private final INDArray outputGradient;
  private final int[] labels;
  private final float[] weights;
  private final Loss loss = new CrossEntropy(0);

  TrainingStep(Backend backend, Graph graph, PlanRequest request) {
    DataType type = request.precision().vectors();
    int batch = request.batch();
    this.plan = backend.compile(graph, request);
    Parameters layout = plan.layout();
    this.parameters = layout.initialize(0, type);
    this.gradient = Nd4j.create(type, layout.length());
    this.outputGradient = Nd4j.create(type, graph.outputShape().batched(batch));
    this.labels = new int[batch];
    this.weights = new float[batch];
    plan.bind(parameters, gradient);
  }

  /** Standard normal pixels and even labels, the same for the same draws. */
  void fill(Draws draws) {
    paint(plan, draws);
    int classes = Math.toIntExact(plan.output().size(1));
    for (int n = 0; n < labels.length; n++) {
      labels[n] = n % classes;
      weights[n] = 1;
    }
  }

  /** Standard normal pixels as a plan's input. */
  static void paint(Plan plan, Draws draws) {
    DataBuffer pixels = plan.input().data();
    for (long i = 0; i < pixels.length(); i++) {
      pixels.put(i, (float) draws.normal(i));
    }
  }

  Plan plan() {
    return plan;
  }

  INDArray parameters() {
    return parameters;
  }

  INDArray gradient() {
    return gradient;
  }

  /** The gradient without the running statistics behind it. */
  INDArray trainedGradient() {
    return gradient.get(NDArrayIndex.interval(0, plan.layout().trainableLength()));
  }

  void forward() {
    plan.forward(0);
  }

  /** The loss and backward. */
  double backward() {
    double value = loss.evaluate(plan.output(), Targets.classes(labels), weights, outputGradient);
    plan.backward(outputGradient, GradientListener.NONE);
    return value;
  }

  double compute() {
    forward();
    return backward();
  }

  @Override
  public void close() {
    plan.close();
    parameters.close();
    gradient.close();
    outputGradient.close();
  }
}
