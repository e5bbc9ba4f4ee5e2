package org.convoy.kernels.plan;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.InputKernels;
import org.convoy.kernels.Mode;
import org.convoy.kernels.OutputKernels;
import org.convoy.kernels.ParameterGate;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.cuda.DeviceVector;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A plan that runs a program: what such plans of all devices have in common. It checks the order in
 * which a caller may use a plan, and knows when copies of the parameters are out of date.
 *
 * @param <B> what a device holds for a plan once it is bound
 */
public abstract class CompiledPlan<B extends CompiledPlan.Bound> implements Plan {

  /** What exists once a plan is bound. */
  public interface Bound extends AutoCloseable {
    /** The arrays on the host. */
    Edges edges();

    @Override
    void close();
  }

  private final Graph graph;
  private final Parameters layout;
  private final PlanRequest request;
  private Optional<B> bound = Optional.empty();
  private INDArray parameters = Nd4j.empty(DataType.FLOAT);
  private INDArray gradients = Nd4j.empty(DataType.FLOAT);
  private boolean stale = true;
  private boolean forwarded;
  private boolean closed;

  /** A plan that is not bound yet. */
  protected CompiledPlan(Graph graph, PlanRequest request) {
    this.graph = graph;
    this.layout = Parameters.of(graph);
    this.request = request;
  }

  /** Takes the memory of a plan when it is bound for the first time. */
  protected abstract B allocate();

  /** Takes note of other vectors of the caller, the first ones too. */
  protected abstract void attach(B now);

  /**
   * Takes note of other vectors in the device's memory.
   *
   * @throws UnsupportedOperationException if the backend has no memory of its own
   */
  protected void attach(B now, DeviceVector parameters, DeviceVector gradients) {
    throw new UnsupportedOperationException("these plans compute in the host's memory");
  }

  /** Copies parameters that have changed. */
  protected abstract void refresh(B now);

  /** Computes the output. */
  protected abstract void forward(B now, long drawKey);

  /**
   * Computes the output from an input that is written on the device.
   *
   * @param input writes it
   * @throws UnsupportedOperationException if the backend has no memory of its own
   */
  protected void forward(B now, InputKernels input, long drawKey) {
    throw new UnsupportedOperationException("these plans compute in the host's memory");
  }

  /**
   * Copies parameters that are being written, and computes the output.
   *
   * @param gate where to wait for parameters
   */
  protected void refreshAndForward(B now, long drawKey, ParameterGate gate) {
    gate.awaitAll();
    refresh(now);
    forward(now, drawKey);
  }

  /** Computes gradients. The gradient of the output has been taken. */
  protected abstract void backward(B now, GradientListener listener);

  /**
   * Computes output and gradients with a loss that is computed on the device.
   *
   * @param input writes the input on the device; empty if it is in the host's {@link Edges#input}
   * @param stale whether parameters have changed
   * @throws UnsupportedOperationException if the backend has no memory of its own
   */
  protected void step(
      B now,
      Optional<InputKernels> input,
      boolean stale,
      long drawKey,
      OutputKernels loss,
      GradientListener listener) {
    throw new UnsupportedOperationException("these plans compute in the host's memory");
  }

  /** Frees what the plan holds besides what is bound. */
  protected abstract void release();

  @Override
  public final Graph graph() {
    return graph;
  }

  @Override
  public final Parameters layout() {
    return layout;
  }

  @Override
  public final PlanRequest request() {
    return request;
  }

  /** The caller's parameters. */
  protected final INDArray parameters() {
    return parameters;
  }

  /** The caller's gradients. */
  protected final INDArray gradients() {
    return gradients;
  }

  @Override
  public final void bind(INDArray parameters, INDArray gradients) {
    requireOpen();
    Edges.requireFlat("parameters", parameters, layout);
    Edges.requireFlat("gradients", gradients, layout);
    this.parameters = parameters;
    this.gradients = gradients;
    this.stale = true;
    this.forwarded = false;
    if (bound.isEmpty()) {
      bound = Optional.of(allocate());
    }
    attach(bound.get());
  }

  @Override
  public final void bind(DeviceVector parameters, DeviceVector gradients) {
    requireOpen();
    for (DeviceVector vector : List.of(parameters, gradients)) {
      if (vector.length() != layout.length()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "expected vectors of %d numbers in the device's memory, got one of %d",
                layout.length(),
                vector.length()));
      }
    }
    this.stale = true;
    this.forwarded = false;
    if (bound.isEmpty()) {
      bound = Optional.of(allocate());
    }
    attach(bound.get(), parameters, gradients);
  }

  @Override
  public final void parametersChanged() {
    stale = true;
  }

  @Override
  public final INDArray input() {
    return bound().edges().input();
  }

  @Override
  public final INDArray output() {
    return bound().edges().output();
  }

  @Override
  public final INDArray inputGradient() {
    if (!request.inputGradient()) {
      throw new IllegalStateException("this plan was not asked for an input gradient");
    }
    return bound().edges().inputGradient();
  }

  /** Takes a batch from where it is, into the plan's input unless it is there. */
  protected void take(B now, Pointer batch) {
    Pointer input = Edges.address(now.edges().input());
    if (batch.address() != input.address()) {
      Pointer.memcpy(input, batch, Edges.inputBytes(graph, request));
    }
  }

  @Override
  public final void forward(long drawKey) {
    forward(Edges.address(input()), drawKey, ParameterGate.OPEN);
  }

  @Override
  public final void forward(Pointer batch, long drawKey, ParameterGate gate) {
    B now = bound();
    take(now, batch);
    if (stale) {
      refreshAndForward(now, drawKey, gate);
      stale = false;
    } else {
      gate.awaitAll();
      forward(now, drawKey);
    }
    forwarded = true;
  }

  @Override
  public final void forward(InputKernels input, long drawKey, ParameterGate gate) {
    B now = bound();
    gate.awaitAll();
    if (stale) {
      refresh(now);
      stale = false;
    }
    forward(now, input, drawKey);
    forwarded = true;
  }

  @Override
  public final void backward(INDArray outputGradient, GradientListener listener) {
    B now = bound();
    requireTraining();
    if (!forwarded) {
      throw new IllegalStateException("backward needs a forward before it");
    }
    now.edges().take(outputGradient);
    backward(now, listener);
  }

  private void requireTraining() {
    if (request.mode() != Mode.TRAINING) {
      throw new IllegalStateException("an inference plan has no backward");
    }
  }

  @Override
  public final void step(
      Pointer batch,
      long drawKey,
      ParameterGate gate,
      OutputKernels loss,
      GradientListener listener) {
    take(bound(), batch);
    step(Optional.empty(), drawKey, gate, loss, listener);
  }

  @Override
  public final void step(
      InputKernels input,
      long drawKey,
      ParameterGate gate,
      OutputKernels loss,
      GradientListener listener) {
    step(Optional.of(input), drawKey, gate, loss, listener);
  }

  private void step(
      Optional<InputKernels> input,
      long drawKey,
      ParameterGate gate,
      OutputKernels loss,
      GradientListener listener) {
    B now = bound();
    requireTraining();
    gate.awaitAll();
    step(now, input, stale, drawKey, loss, listener);
    stale = false;
    forwarded = false;
  }

  /** The plan's memory, of which the last forward's results are used for something else now. */
  protected final B overwritten() {
    forwarded = false;
    return bound();
  }

  /**
   * Checks that the plan is not closed.
   *
   * @throws IllegalStateException if it is
   */
  protected final void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the plan of " + graph.name() + " is closed");
    }
  }

  private B bound() {
    requireOpen();
    return bound.orElseThrow(
        () ->
            new IllegalStateException(
                "the plan of " + graph.name() + " is not bound to parameters"));
  }

  @Override
  public final void close() {
    if (closed) {
      return;
    }
    closed = true;
    bound.ifPresent(Bound::close);
    bound = Optional.empty();
    release();
  }
}
