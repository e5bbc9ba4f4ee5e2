package org.convoy.driver.training;

import java.util.Optional;
import java.util.SortedMap;
import org.convoy.driver.evaluation.Weights;
import org.convoy.graph.Draws;
import org.convoy.graph.Graph;
import org.convoy.image.device.DeviceBatch;
import org.convoy.image.loader.Batch;
import org.convoy.image.transform.Normalisation;
import org.convoy.kernels.Choices;
import org.convoy.kernels.Frozen;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.ParameterGate;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.kernels.Recomputation;
import org.convoy.optim.Sharpness;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Computes gradients of micro-batches, with a training plan over {@link Weights}, of one resolution
 * at a time.
 */
final class Backpropagation implements AutoCloseable {
  private final RunSpec spec;
  private final Weights weights;
  private final PlanRequest request;
  private final Draws draws;
  private final INDArray gradient;
  private final Optional<DeviceVectors> device;
  private final Optional<Teacher> teacher;
  private INDArray used;
  private Plan plan;
  private OutputLosses losses;
  private Optional<DeviceBatch> pixels;
  private Optional<DevicePass> onDevice;
  private final Optional<SharpnessPass> sharpness;
  private Optional<AdversarialPass> adversarial;

  /** What a training plan of this run is compiled for, by the backend's rules. */
  static PlanRequest request(RunSpec spec, Precision precision, Frozen frozen) {
    Recomputation recomputation =
        switch (spec.recipe().activationCheckpointing()) {
          case NONE -> Recomputation.NONE;
          case BLOCKS -> Recomputation.BLOCKS;
        };
    PlanRequest request =
        PlanRequest.training(spec.places())
            .precision(precision)
            .frozen(frozen)
            .workspaceLimit((long) spec.recipe().cudnnWorkspaceMebibytes() << 20)
            .recomputation(recomputation);
    return spec.recipe().adversarial().steps() > 0 ? request.withInputGradient() : request;
  }

  /** The keys of the random draws in the network, by micro-batch. */
  static Draws draws(RunSpec spec) {
    return new Draws(spec.recipe().seed(), "network");
  }

  /**
   * Compiles the plan.
   *
   * @param weights which it computes with; they stay the caller's
   * @param teacher whom the network learns from beside the labels; stays the caller's
   */
  Backpropagation(RunSpec spec, Weights weights, PlanRequest request, Optional<Teacher> teacher) {
    this.teacher = teacher;
    this.spec = spec;
    this.weights = weights;
    this.request = request;
    this.draws = draws(spec);
    this.gradient = Nd4j.create(DataType.FLOAT, weights.layout().length());
    this.used = weights.parameters();
    this.device = DeviceVectors.of(weights.backend(), used, gradient);
    this.plan = compile(spec.trained(0));
    this.losses = losses();
    this.pixels = DevicePixels.of(spec, weights.backend(), graph());
    this.onDevice = DevicePass.of(spec, weights.backend(), graph(), teacher, pixels);
    this.adversarial = adversarial();
    this.sharpness =
        Optional.of(spec.recipe().sharpness())
            .filter(Sharpness::on)
            .map(
                rule ->
                    new SharpnessPass(
                        rule,
                        weights.layout(),
                        new ParameterGroups(spec.recipe().parameters(), weights.graph()),
                        device));
  }

  /** A plan of the network's own resolution as agreed, and of others by the backend's rules. */
  private Plan compile(Graph trained) {
    boolean agreed = trained.inputShape().equals(weights.graph().inputShape());
    Plan compiled = weights.plan(trained, agreed ? request : request.choices(Choices.NONE));
    bind(compiled, used);
    return compiled;
  }

  /** Makes a plan compute with a vector of parameters, or with the device's copy of it. */
  private void bind(Plan compiled, INDArray parameters) {
    device.ifPresentOrElse(
        there -> compiled.bind(there.vector(parameters), there.vector(gradient)),
        () -> compiled.bind(parameters, gradient));
  }

  /** The vectors that plans use in place of the host's, if the run keeps them on a device. */
  Optional<DeviceVectors> device() {
    return device;
  }

  private Optional<AdversarialPass> adversarial() {
    if (spec.recipe().adversarial().steps() == 0) {
      return Optional.empty();
    }
    Normalisation normalisation =
        spec.recipe().image().preprocessing(weights.graph().inputShape()).normalisation();
    return Optional.of(
        new AdversarialPass(spec.recipe(), normalisation, graph().inputShape(), spec.places()));
  }

  private OutputLosses losses() {
    return new OutputLosses(graph(), spec.places(), spec.recipe().loss());
  }

  /**
   * Trains the network of an epoch from now on. Where it differs from the one before, of whose plan
   * nothing is kept, samples may have another shape.
   *
   * @param epoch from 0
   */
  void beginEpoch(int epoch) {
    Graph trained = spec.trained(epoch);
    if (!trained.equals(graph())) {
      weights.release(plan);
      plan = compile(trained);
      losses.close();
      losses = losses();
      onDevice.ifPresent(DevicePass::close);
      pixels.ifPresent(DeviceBatch::close);
      pixels = DevicePixels.of(spec, weights.backend(), trained);
      onDevice = DevicePass.of(spec, weights.backend(), trained, teacher, pixels);
      adversarial.ifPresent(AdversarialPass::close);
      adversarial = adversarial();
      teacher.ifPresent(each -> each.resolution(trained.inputShape()));
    }
  }

  /** The network of this epoch. */
  Graph graph() {
    return plan.graph();
  }

  /** The precision that the plan really computes in. */
  Precision precision() {
    return plan.request().precision();
  }

  /** The choices of the plan of the network's own resolution. */
  Choices choices() {
    return request.choices();
  }

  /** The kernels of this epoch's plan that compute otherwise than the choices say. */
  SortedMap<String, String> replaced() {
    return plan.replaced();
  }

  /**
   * The flat gradient of the last micro-batch; on a run with a {@link #device} its moments alone.
   */
  INDArray gradient() {
    return gradient;
  }

  /** Computes with another vector of parameters from now on; it stays the caller's. */
  void use(INDArray other) {
    if (used != other) {
      bind(plan, other);
      used = other;
    }
  }

  /**
   * Computes a micro-batch's gradient.
   *
   * @param supervised the targets and weights of its samples
   * @param key of its random draws, its number in the run
   * @param gate where to wait for parameters
   * @param listener told of parts of the gradient as they are finished
   * @return the mean loss over the images that count
   */
  double compute(
      Batch batch, Supervised supervised, long key, ParameterGate gate, GradientListener listener) {
    adversarial.ifPresent(
        each ->
            each.apply(
                batch,
                key,
                () -> {
                  pass(batch, supervised, key, gate, GradientListener.NONE);
                  return plan.inputGradient();
                }));
    if (sharpness.isEmpty()) {
      return pass(batch, supervised, key, gate, listener);
    }
    double value = pass(batch, supervised, key, gate, GradientListener.NONE);
    bind(plan, sharpness.get().climb(used, gradient));
    pass(batch, supervised, key, ParameterGate.OPEN, listener);
    sharpness.get().restoreMoments(gradient);
    bind(plan, used);
    return value;
  }

  /**
   * Computes only the moments of norms, which are then in the gradient. The host has the newest
   * parameters.
   *
   * @param others the parameters to compute with
   */
  void moments(INDArray others, Batch batch) {
    device.ifPresentOrElse(
        there -> there.sendOther(used, others), () -> plan.bind(others, gradient));
    plan.parametersChanged();
    forward(batch, 0, ParameterGate.OPEN);
    plan.backward(losses.gradient(), GradientListener.NONE);
    fetchMoments();
    device.ifPresentOrElse(there -> there.sendOther(used, used), () -> plan.bind(used, gradient));
    plan.parametersChanged();
  }

  /** Brings the moments of the last micro-batch to {@link #gradient}. */
  private void fetchMoments() {
    device.ifPresent(
        there ->
            there.fetch(gradient, weights.layout().trainableLength(), gradient.length()).run());
  }

  private void forward(Batch batch, long key, ParameterGate gate) {
    if (pixels.isPresent()) {
      pixels.get().put(batch);
      plan.forward(pixels.get().input(), draws.bits(key), gate);
    } else {
      plan.forward(batch.images(), draws.bits(key), gate);
    }
    gate.awaitAll();
  }

  private double pass(
      Batch batch, Supervised supervised, long key, ParameterGate gate, GradientListener listener) {
    double value =
        onDevice.isPresent()
            ? onDevice.get().compute(plan, batch, supervised, draws.bits(key), gate, listener)
            : inPhases(batch, supervised, key, gate, listener);
    fetchMoments();
    return value;
  }

  /** With a loss that is computed on the host between forward and backward. */
  private double inPhases(
      Batch batch, Supervised supervised, long key, ParameterGate gate, GradientListener listener) {
    forward(batch, key, gate);
    double value =
        losses.evaluate(plan.output(), supervised.targets(), supervised.weights(), teaching(batch));
    plan.backward(losses.gradient(), listener);
    return value;
  }

  private OutputLosses.Teaching teaching(Batch batch) {
    return teacher
        .<OutputLosses.Teaching>map(
            each ->
                (hard, output, outputGradient) -> each.teach(batch, hard, output, outputGradient))
        .orElse(OutputLosses.Teaching.NONE);
  }

  @Override
  public void close() {
    sharpness.ifPresent(SharpnessPass::close);
    device.ifPresent(DeviceVectors::close);
    gradient.close();
    losses.close();
    onDevice.ifPresent(DevicePass::close);
    pixels.ifPresent(DeviceBatch::close);
    adversarial.ifPresent(AdversarialPass::close);
  }
}
