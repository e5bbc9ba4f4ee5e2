package org.convoy.inference;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Locale;
import java.util.Optional;
import org.convoy.artifact.SavedModel;
import org.convoy.graph.Graph;
import org.convoy.kernels.Backends;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;

/**
 * The computation of a saved model, which threads share: one computes at a time, on all kernel
 * threads. It owns the model's weights and the plan.
 */
final class ModelPlan implements AutoCloseable {
  private final SavedModel model;
  private final Plan plan;
  private final int rowLength;
  private boolean closed;

  private ModelPlan(SavedModel model, Plan plan) {
    this.model = model;
    this.plan = plan;
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
      PlanRequest request = PlanRequest.inference(options.batch()).precision(options.precision());
      plan =
          Optional.of(
              ModelParts.compile(Backends.get(options.backend()), graph, request, location));
      return new ModelPlan(model, plan.get());
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
      plan.close();
      model.weights().close();
    }
  }
}
