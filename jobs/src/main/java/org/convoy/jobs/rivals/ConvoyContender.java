package org.convoy.jobs.rivals;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Backends;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.KernelThreads;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.kernels.RunningStatistics;
import org.convoy.kernels.Tuning;
import org.convoy.loss.CrossEntropy;
import org.convoy.loss.Loss;
import org.convoy.loss.Targets;
import org.convoy.optim.DecayMask;
import org.convoy.optim.Sgd;
import org.convoy.optim.Slices;
import org.convoy.optim.StepSettings;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Convoy's own step, on the backend {@code onednn}. */
public final class ConvoyContender implements Contender {
  private final Task task;
  private final Graph graph;
  private final INDArray parameters;
  private final Plan plan;
  private final Optional<Learning> learning;

  private ConvoyContender(Task task) {
    this.task = task;
    this.graph = Graph.fromJson(task.graph());
    boolean training = task.mode() == Task.Mode.TRAINING;
    this.plan =
        compile(
            training ? PlanRequest.training(task.batch()) : PlanRequest.inference(task.batch()));
    this.parameters = Nd4j.createUninitialized(DataType.FLOAT, plan.layout().length());
    InitialTensors tensors = new InitialTensors(graph);
    FloatBuffer elements = parameters.data().asNioFloat();
    for (Parameter parameter : plan.layout().all()) {
      int from = Math.toIntExact(parameter.offset());
      tensors.fill(parameter, elements.slice(from, Math.toIntExact(parameter.length())));
    }
    this.learning = training ? Optional.of(new Learning()) : Optional.empty();
    plan.bind(parameters, learning.map(l -> l.gradient).orElse(parameters));
    MadeUpBatch.fill(plan.input().data().asNioFloat());
  }

  /** The process's main method, see {@link ContenderLoop}. */
  public static void main(String[] arguments) throws IOException {
    ContenderLoop.run(ConvoyContender::new, "onednn");
  }

  private Plan compile(PlanRequest request) {
    Precision precision =
        switch (task.precision()) {
          case FLOAT32 -> Precision.FLOAT32;
          case BFLOAT16 -> Precision.BFLOAT16;
        };
    Backend backend = Backends.get("onednn");
    PlanRequest wanted = request.precision(precision);
    return backend.compile(graph, wanted.choices(backend.choose(graph, wanted, Tuning.standard())));
  }

  @Override
  public float[] infer() {
    if (learning.isEmpty()) {
      plan.forward(0);
      return elements(plan.output());
    }
    try (Plan evaluation = compile(PlanRequest.inference(task.batch()))) {
      evaluation.bind(parameters, parameters);
      evaluation.input().assign(plan.input());
      evaluation.forward(0);
      return elements(evaluation.output());
    }
  }

  private static float[] elements(INDArray output) {
    float[] elements = new float[Math.toIntExact(output.length())];
    output.data().asNioFloat().get(elements);
    return elements;
  }

  @Override
  public void step() {
    if (learning.isPresent()) {
      learning.get().step();
    } else {
      plan.forward(0);
    }
  }

  @Override
  public double loss() {
    return learning.orElseThrow().value;
  }

  @Override
  public void close() {
    plan.close();
    learning.ifPresent(Learning::close);
    parameters.close();
  }

  /** What a training step needs beside the plan. */
  private final class Learning {
    private final INDArray gradient = Nd4j.create(DataType.FLOAT, plan.layout().length());
    private final INDArray momentum = Nd4j.create(DataType.FLOAT, plan.layout().trainableLength());
    private final INDArray outputGradient =
        Nd4j.create(DataType.FLOAT, graph.outputShape().batched(task.batch()));
    private final Loss loss = new CrossEntropy(0);
    private final Targets labels =
        Targets.classes(MadeUpBatch.labels(task.batch(), graph.outputShape().channels()));
    private final float[] weights = new float[task.batch()];
    private final RunningStatistics statistics =
        new RunningStatistics(graph, plan.layout(), task.batch());
    private final Sgd sgd = new Sgd(Task.MOMENTUM, true, Task.WEIGHT_DECAY, true);
    private final Slices slices =
        Slices.cut(
            trained(parameters),
            trained(gradient),
            List.of(momentum),
            DecayMask.all(momentum.length()),
            KernelThreads.count());
    private double value;
    private int steps;

    Learning() {
      Arrays.fill(weights, 1);
    }

    /** The part of a flat vector that is trained. */
    private INDArray trained(INDArray flat) {
      return flat.get(NDArrayIndex.interval(0, plan.layout().trainableLength()));
    }

    void step() {
      plan.forward(steps);
      value = loss.evaluate(plan.output(), labels, weights, outputGradient);
      plan.backward(outputGradient, GradientListener.NONE);
      statistics.update(parameters, gradient, 1);
      slices.update(sgd, new StepSettings(task.learningRate(), steps, 1));
      plan.parametersChanged();
      steps++;
    }

    void close() {
      outputGradient.close();
      momentum.close();
      gradient.close();
    }
  }
}
