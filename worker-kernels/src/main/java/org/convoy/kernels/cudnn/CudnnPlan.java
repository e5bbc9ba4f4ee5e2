package org.convoy.kernels.cudnn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.Mode;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanMemory;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.cuda.Device;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.plan.Program;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A program, its memory on the device, and the caller's vectors on the host. Parameters are
 * uploaded after each change, the input before each forward. Ranges of the gradient are downloaded
 * while later parts of backward compute.
 */
final class CudnnPlan implements Plan {
  /** Elements of the gradient that a part of backward finishes at least: 4 MiB. */
  private static final long PART_ELEMENTS = 1 << 20;

  /** What exists once the plan is bound. */
  private record Bound(
      DeviceMemory memory,
      Executable executable,
      LongPointer drawKey,
      INDArray input,
      INDArray output,
      INDArray inputGradient,
      INDArray outputGradient) {}

  /** A range that is on its way. */
  private record Coming(Step.Finished range, List<Device.Arrival> arrivals) {}

  private final Graph graph;
  private final Device device;
  private final Parameters layout;
  private final PlanRequest request;
  private final Written written;
  private final PlanSizes sizes;
  private final long[] inputShape;
  private final long[] outputShape;
  private Optional<Bound> bound = Optional.empty();
  private Optional<Pointer> pinned = Optional.empty();
  private INDArray parameters = Nd4j.empty(DataType.FLOAT);
  private INDArray gradients = Nd4j.empty(DataType.FLOAT);
  private boolean stale = true;
  private boolean forwarded;
  private boolean closed;

  CudnnPlan(Graph graph, PlanRequest request, Gpu gpu) {
    this.graph = graph;
    this.device = gpu.device();
    this.layout = Parameters.of(graph);
    this.request = request;
    this.sizes = PlanSizes.of(graph, request, gpu.convolver());
    this.written = new Written(graph, layout, request);
    this.inputShape = graph.inputShape().batched(request.batch());
    this.outputShape = graph.outputShape().batched(request.batch());
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public Parameters layout() {
    return layout;
  }

  @Override
  public PlanRequest request() {
    return request;
  }

  @Override
  public PlanMemory memory() {
    return sizes.memory();
  }

  /** The steps, for tests. */
  Program<Step> program() {
    return sizes.program();
  }

  @Override
  public void bind(INDArray parameters, INDArray gradients) {
    open();
    check("parameters", parameters);
    check("gradients", gradients);
    unpin();
    this.parameters = parameters;
    this.gradients = gradients;
    this.stale = true;
    this.forwarded = false;
    if (bound.isEmpty()) {
      bound = Optional.of(allocate());
    }
    if (request.mode() == Mode.TRAINING) {
      Pointer vector = address(gradients);
      if (device.pin(vector, layout.length() * Float.BYTES)) {
        pinned = Optional.of(vector);
      }
    }
  }

  private void check(String what, INDArray vector) {
    if (vector.dataType() != DataType.FLOAT
        || vector.length() != layout.length()
        || vector.isView()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: expected a dense FLOAT vector of %d elements, got %s of %d%s",
              what,
              layout.length(),
              vector.dataType(),
              vector.length(),
              vector.isView() ? ", a view" : ""));
    }
  }

  private Bound allocate() {
    if (memory().deviceBytes() > device.memoryBytes()) {
      throw new OutOfMemoryError(
          String.format(
              Locale.ROOT,
              "a plan of %s for batch %d takes %d bytes of the GPU's memory, and %s has %d",
              graph.name(),
              request.batch(),
              memory().deviceBytes(),
              device.name(),
              device.memoryBytes()));
    }
    DeviceMemory held = new DeviceMemory(device, sizes.program(), sizes.device());
    INDArray input = edge(inputShape);
    INDArray output = edge(outputShape);
    boolean training = request.mode() == Mode.TRAINING;
    return new Bound(
        held,
        new Executable(sizes.program(), device, held.bases(), PART_ELEMENTS),
        new LongPointer(1),
        input,
        output,
        request.inputGradient() ? edge(inputShape) : input,
        training ? edge(outputShape) : output);
  }

  private static INDArray edge(long[] shape) {
    return Nd4j.create(DataType.FLOAT, shape, 'c');
  }

  private static Pointer address(INDArray array) {
    return array.data().addressPointer();
  }

  @Override
  public void parametersChanged() {
    stale = true;
  }

  @Override
  public INDArray input() {
    return use().input();
  }

  @Override
  public INDArray output() {
    return use().output();
  }

  @Override
  public INDArray inputGradient() {
    if (!request.inputGradient()) {
      throw new IllegalStateException("this plan was not asked for an input gradient");
    }
    return use().inputGradient();
  }

  @Override
  public void forward(long drawKey) {
    Bound now = use();
    if (stale) {
      long bytes = layout.length() * Float.BYTES;
      device.upload(now.memory().of(Home.PARAMETERS), address(parameters), bytes);
      now.executable().refresh();
      stale = false;
    }
    now.drawKey().put(drawKey);
    device.upload(now.memory().of(Home.DRAW_KEY), now.drawKey(), Long.BYTES);
    device.upload(now.memory().of(Home.INPUT), address(now.input()), PlanSizes.bytes(inputShape));
    now.executable().forward();
    device.download(
        address(now.output()), now.memory().of(Home.OUTPUT), PlanSizes.bytes(outputShape));
    forwarded = true;
  }

  @Override
  public void backward(INDArray outputGradient, GradientListener listener) {
    Bound now = use();
    if (request.mode() != Mode.TRAINING) {
      throw new IllegalStateException("an inference plan has no backward");
    }
    if (!forwarded) {
      throw new IllegalStateException("backward needs a forward before it");
    }
    if (!Arrays.equals(outputGradient.shape(), outputShape)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the output's gradient must have the output's shape %s, got %s",
              Arrays.toString(outputShape),
              Arrays.toString(outputGradient.shape())));
    }
    if (outputGradient != now.outputGradient()) {
      now.outputGradient().assign(outputGradient);
    }
    device.upload(
        now.memory().of(Home.OUTPUT_GRADIENT),
        address(now.outputGradient()),
        PlanSizes.bytes(outputShape));
    List<Coming> coming = new ArrayList<>();
    now.executable()
        .backward(
            ranges -> {
              for (Step.Finished range : ranges) {
                coming.add(
                    new Coming(range, download(now, written.trained(range.from(), range.to()))));
              }
            });
    Step.Finished statistics = new Step.Finished(layout.trainableLength(), layout.length());
    coming.add(new Coming(statistics, download(now, written.moments())));
    for (Coming next : coming) {
      for (Device.Arrival arrival : next.arrivals()) {
        arrival.await();
        arrival.close();
      }
      listener.finished(next.range().from(), next.range().to());
    }
    if (request.inputGradient()) {
      device.download(
          address(now.inputGradient()),
          now.memory().of(Home.INPUT_GRADIENT),
          PlanSizes.bytes(inputShape));
    }
  }

  /** Begins to copy parts of the gradient to the caller's vector. */
  private List<Device.Arrival> download(Bound now, List<Written.Range> ranges) {
    List<Device.Arrival> arrivals = new ArrayList<>();
    BytePointer vector = new BytePointer(address(gradients));
    for (Written.Range range : ranges) {
      long at = range.from() * Float.BYTES;
      long bytes = (range.to() - range.from()) * Float.BYTES;
      arrivals.add(
          device.downloadBeside(
              vector.getPointer(at), now.memory().of(Home.GRADIENTS) + at, bytes));
    }
    return arrivals;
  }

  private void open() {
    if (closed) {
      throw new IllegalStateException("the plan of " + graph.name() + " is closed");
    }
  }

  private Bound use() {
    open();
    return bound.orElseThrow(
        () ->
            new IllegalStateException(
                "the plan of " + graph.name() + " is not bound to parameters"));
  }

  private void unpin() {
    pinned.ifPresent(device::unpin);
    pinned = Optional.empty();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    unpin();
    bound.ifPresent(
        now -> {
          now.executable().close();
          now.memory().close();
          now.drawKey().close();
          now.input().close();
          now.output().close();
          if (request.inputGradient()) {
            now.inputGradient().close();
          }
          if (request.mode() == Mode.TRAINING) {
            now.outputGradient().close();
          }
        });
    bound = Optional.empty();
    closeEngines();
  }

  private void closeEngines() {
    for (List<Step> steps :
        List.of(program().refresh(), program().forward(), program().backward())) {
      for (Step step : steps) {
        if (step instanceof Step.Convolve convolve) {
          convolve.engine().close();
        }
      }
    }
  }
}
