package org.convoy.driver.training;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.SavedModel;
import org.convoy.driver.evaluation.Weights;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.image.loader.Batch;
import org.convoy.image.transform.Preprocessing;
import org.convoy.inference.ModelParts;
import org.convoy.kernels.Backend;
import org.convoy.kernels.KernelThreads;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.loss.Distillation;
import org.convoy.settings.RequestException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A saved model that a network learns from: an evaluation plan over weights of its own, fed with
 * the samples of training.
 */
final class Teacher implements AutoCloseable {
  private final Weights weights;
  private final PlanRequest request;
  private final Distillation loss;
  private Plan plan;
  private INDArray gradient;

  /** What the plan is compiled for. */
  static PlanRequest request(RunSpec spec, Precision precision) {
    return PlanRequest.inference(spec.microBatchSize()).precision(precision);
  }

  private Teacher(Weights weights, PlanRequest request, Shape input, Distillation loss) {
    this.weights = weights;
    this.request = request;
    this.loss = loss;
    this.plan = compile(input);
    this.gradient = outputs();
  }

  /**
   * The teacher of a run, if it has one.
   *
   * @throws IOException if the model cannot be read, or is another by now
   */
  static Optional<Teacher> of(
      Backend backend, RunSpec spec, Precision precision, Configuration hadoop) throws IOException {
    GivenModels.Given given = spec.models().teacher();
    if (!given.there()) {
      return Optional.empty();
    }
    SavedModel model = given.load(hadoop);
    return Optional.of(
        new Teacher(
            new Weights(backend, model.graph(), model.weights()),
            request(spec, precision),
            spec.input(0),
            spec.recipe().distillation().loss()));
  }

  /**
   * Checks that a model can teach a run's network.
   *
   * @param location as messages call the model
   * @throws RequestException if it has other classes, or cannot take the run's images
   */
  static void check(SavedModel model, String location, RunSpec spec) {
    if (!model.labels().equals(spec.classes())) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "distillation.teacher: %s has other classes than the data: expected %s, got %s",
              location,
              some(spec.classes()),
              some(model.labels())));
    }
    for (Shape input : spec.inputs()) {
      Graph graph = RequestException.asked(() -> model.graph().at(input));
      Shape expected = spec.graph().at(input).outputShape();
      if (!graph.outputShape().equals(expected)) {
        throw new RequestException(
            String.format(
                Locale.ROOT,
                "distillation.teacher: %s gives %s for images of %s, expected %s as %s does",
                location,
                graph.outputShape(),
                input,
                expected,
                spec.graph().name()));
      }
    }
  }

  /** What the teacher is used to and does not get here, if anything. */
  static Optional<String> normalisationDiffers(
      SavedModel model, String location, Preprocessing here) {
    Preprocessing there = ModelParts.preprocessing(model);
    return there.normalisation().equals(here.normalisation())
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "the teacher at %s was trained with %s, and gets images by this recipe's %s",
                location,
                there.normalisation(),
                here.normalisation()));
  }

  private static List<String> some(List<String> classes) {
    int most = 10;
    return classes.size() <= most ? classes : classes.subList(0, most);
  }

  private Plan compile(Shape input) {
    Plan compiled = weights.plan(input, request);
    compiled.bind(weights.parameters(), weights.parameters());
    return compiled;
  }

  private INDArray outputs() {
    return Nd4j.create(DataType.FLOAT, plan.graph().outputShape().batched(request.batch()));
  }

  /** Takes samples of another shape from now on. */
  void resolution(Shape input) {
    if (!input.equals(plan.graph().inputShape())) {
      weights.release(plan);
      plan = compile(input);
      gradient.close();
      gradient = outputs();
    }
  }

  /** How its outputs are mixed into a student's loss. */
  Distillation loss() {
    return loss;
  }

  /** What it says of a batch, until the next one. */
  INDArray output(Batch batch) {
    plan.forward(batch.images(), 0);
    return plan.output();
  }

  /**
   * Makes a loss that of a student.
   *
   * @param hard the loss against the labels
   * @param output of the student for the batch
   * @param outputGradient of the hard loss; is changed to that of the whole
   * @return the whole loss
   */
  double teach(Batch batch, double hard, INDArray output, INDArray outputGradient) {
    double soft =
        loss.soft(output, output(batch), batch.weights(), gradient, KernelThreads.count());
    loss.mix(outputGradient, gradient);
    return loss.mix(hard, soft);
  }

  /** Native bytes of its plan. */
  long planBytes() {
    return weights.planBytes();
  }

  @Override
  public void close() {
    weights.close();
    gradient.close();
  }
}
