package org.convoy.inference;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Locale;
import java.util.Optional;
import org.convoy.artifact.SavedModel;
import org.convoy.graph.Graph;
import org.convoy.image.device.DeviceBatch;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.loader.PixelForm;
import org.convoy.image.loader.ResizeOn;
import org.convoy.image.transform.Preprocessing;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Backends;
import org.convoy.kernels.ParameterGate;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.kernels.cuda.Device;

/**
 * The computation of a saved model, which threads share: one computes at a time, on all kernel
 * threads. It owns the model's weights and the plan.
 */
final class ModelPlan implements AutoCloseable {
  private final SavedModel model;
  private final Plan plan;
  private final Optional<Device> device;
  private final PixelForm form;
  private final int rowLength;
  private Optional<DeviceBatch> pixels = Optional.empty();
  private boolean closed;

  private ModelPlan(SavedModel model, Plan plan, Optional<Device> device, ResizeOn resizeOn) {
    this.model = model;
    this.plan = plan;
    this.device = device;
    this.form = device.isPresent() ? resizeOn.form() : PixelForm.NORMALISED;
    this.rowLength = Math.toIntExact(plan.graph().jointShape().elements());
    plan.bind(model.weights(), model.weights());
  }

  /**
   * Compiles a graph over a model's weights.
   *
   * @param model from now on owned by the result; its weights are closed if this fails
   * @param location the model's folder, for messages
   * @throws org.convoy.artifact.DamagedFileException if no backend can compute the graph
   * @throws UnsupportedOperationException if the backend cannot compute on this machine
   * @throws org.convoy.settings.RequestException if this machine does not have the memory
   */
  static ModelPlan of(SavedModel model, Graph graph, InferenceOptions options, String location)
      throws IOException {
    Optional<Plan> plan = Optional.empty();
    try {
      Backend backend = Backends.get(options.backend());
      PlanRequest request = PlanRequest.inference(options.batch()).precision(options.precision());
      plan = Optional.of(ModelParts.compile(backend, graph, request, location));
      return new ModelPlan(model, plan.get(), backend.device(), options.resizeOn());
    } catch (IOException | RuntimeException e) {
      plan.ifPresent(Plan::close);
      model.weights().close();
      throw e;
    }
  }

  /** What it computes in. */
  Precision precision() {
    return plan.request().precision();
  }

  /** The number of samples that are computed together. */
  int batch() {
    return plan.request().batch();
  }

  /** The numbers of a sample: its logits, then its embedding if the graph gives it. */
  int rowLength() {
    return rowLength;
  }

  /**
   * Computes any number of samples, batch by batch.
   *
   * @param tensors (count, channels, height, width) float32 from its position, which is not moved
   * @return {@link #rowLength} numbers for each sample
   */
  float[] rows(FloatBuffer tensors, int count) {
    float[] rows = new float[Math.multiplyExact(count, rowLength)];
    int sample = Math.toIntExact(model.graph().inputShape().elements());
    int needed = Math.multiplyExact(count, sample);
    if (tensors.remaining() < needed) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "expected %d samples of %s, which are %d numbers, got %d",
              count,
              model.graph().inputShape(),
              needed,
              tensors.remaining()));
    }
    for (int first = 0; first < count; first += batch()) {
      int part = Math.min(batch(), count - first);
      forward(
          tensors.slice(tensors.position() + first * sample, part * sample),
          rows,
          first * rowLength,
          part * rowLength);
    }
    return rows;
  }

  /** The options for loading the batches that {@link #rows(Batch, Preprocessing)} takes. */
  LoaderOptions loading(LoaderOptions options) {
    return device.map(there -> DeviceBatch.loading(options, there, form)).orElse(options);
  }

  /**
   * Computes a batch of {@link #loading}.
   *
   * @param image what its images become
   * @return {@link #rowLength} numbers for each sample
   */
  float[] rows(Batch images, Preprocessing image) {
    if (form == PixelForm.NORMALISED) {
      return rows(images.imagesBuffer(), images.size());
    }
    float[] rows = new float[Math.multiplyExact(images.size(), rowLength)];
    forward(images, image, rows);
    return rows;
  }

  private synchronized void forward(Batch images, Preprocessing image, float[] rows) {
    requireOpen();
    if (pixels.isEmpty()) {
      pixels = Optional.of(new DeviceBatch(device.orElseThrow(), image, batch(), form));
    }
    pixels.get().put(images);
    plan.forward(pixels.get().input(), 0, ParameterGate.OPEN);
    plan.output().data().asNioFloat().get(rows);
  }

  private synchronized void forward(FloatBuffer samples, float[] rows, int from, int length) {
    requireOpen();
    plan.input().data().asNioFloat().put(samples);
    plan.forward(0);
    plan.output().data().asNioFloat().get(rows, from, length);
  }

  synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the model " + model.graph().name() + " is closed");
    }
  }

  /** Frees the memory, after the computation that is running. A second call does nothing. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      pixels.ifPresent(DeviceBatch::close);
      plan.close();
      model.weights().close();
    }
  }
}
