package org.convoy.kernels.cudnn;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.convoy.graph.Graph;
import org.convoy.kernels.Choices;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.InputKernels;
import org.convoy.kernels.Mode;
import org.convoy.kernels.OutputKernels;
import org.convoy.kernels.PlanMemory;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.cuda.Device;
import org.convoy.kernels.cuda.DeviceVector;
import org.convoy.kernels.plan.CompiledPlan;
import org.convoy.kernels.plan.Edges;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.plan.Program;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A program and its memory on the device. The input is uploaded before each forward. Where the
 * caller's vectors are on the host, parameters are uploaded after each change, and ranges of the
 * gradient are downloaded while later parts of backward compute.
 */
final class CudnnPlan extends CompiledPlan<BoundPlan> {
  /** A range that is on its way. */
  private record Coming(Step.Finished range, List<Device.Arrival> arrivals) {}

  private final Device device;
  private final Written written;
  private final PlanSizes sizes;
  private Optional<Pointer> pinned = Optional.empty();

  CudnnPlan(Graph graph, PlanRequest request, Gpu gpu) {
    super(graph, request);
    this.device = gpu.device();
    this.sizes = PlanSizes.of(graph, request, gpu.engines());
    this.written = new Written(graph, layout(), request);
  }

  @Override
  public PlanMemory memory() {
    return sizes.memory();
  }

  /** The implementation of each kernel that the library may have an engine for. */
  Choices choices() {
    return sizes.choices();
  }

  /** The steps, for tests. */
  Program<Step> program() {
    return sizes.program();
  }

  @Override
  public SortedMap<String, List<String>> implementations() {
    requireOpen();
    SortedMap<String, List<String>> words = new TreeMap<>();
    Stream.of(program().refresh(), program().forward(), program().backward())
        .flatMap(List::stream)
        .forEach(
            step -> {
              if (step instanceof Step.Launch launch) {
                words.computeIfAbsent(Engines.OWN, name -> new ArrayList<>()).add(launch.word());
              } else if (step instanceof Step.Run run) {
                words
                    .computeIfAbsent(run.engine().word(), name -> new ArrayList<>())
                    .add(run.kernel());
              }
            });
    return words;
  }

  @Override
  public SortedMap<String, String> replaced() {
    SortedMap<String, String> others = new TreeMap<>();
    choices()
        .byKernel()
        .forEach(
            (kernel, used) -> {
              if (!request().choices().of(kernel).orElse(used).equals(used)) {
                others.put(kernel, used);
              }
            });
    return others;
  }

  @Override
  protected BoundPlan allocate() {
    if (memory().deviceBytes() > device.memoryBytes()) {
      throw new OutOfMemoryError(
          String.format(
              Locale.ROOT,
              "a plan of %s for batch %d takes %d bytes of the GPU's memory, and %s has %d",
              graph().name(),
              request().batch(),
              memory().deviceBytes(),
              device.name(),
              device.memoryBytes()));
    }
    return new BoundPlan(device, sizes, () -> new Edges(graph(), request()));
  }

  private static long bytes(INDArray array) {
    return array.length() * Float.BYTES;
  }

  @Override
  protected void attach(BoundPlan now) {
    unpin();
    boolean trains = request().mode() == Mode.TRAINING;
    now.useCopies(layout().length(), trains ? layout().length() : 0);
    if (trains) {
      Pointer vector = Edges.address(gradients());
      if (device.pin(vector, layout().length() * Float.BYTES)) {
        pinned = Optional.of(vector);
      }
    }
  }

  @Override
  protected void attach(BoundPlan now, DeviceVector parameters, DeviceVector gradients) {
    unpin();
    now.use(parameters, gradients);
  }

  @Override
  protected void refresh(BoundPlan now) {
    sendParameters(now);
    now.executable().refresh();
  }

  private void sendParameters(BoundPlan now) {
    if (now.copied()) {
      now.parameters().upload(Edges.address(parameters()), 0, layout().length());
    }
  }

  private void sendKey(BoundPlan now, long drawKey) {
    now.drawKey().put(drawKey);
    device.upload(now.memory().of(Home.DRAW_KEY), now.drawKey(), Long.BYTES);
  }

  private void sendInput(BoundPlan now) {
    device.upload(
        now.memory().of(Home.INPUT),
        Edges.address(now.edges().input()),
        bytes(now.edges().input()));
  }

  @Override
  protected void forward(BoundPlan now, long drawKey) {
    sendKey(now, drawKey);
    sendInput(now);
    now.executable().forward();
    takeOutput(now);
  }

  @Override
  protected void forward(BoundPlan now, InputKernels input, long drawKey) {
    sendKey(now, drawKey);
    now.executable().forward(input);
    takeOutput(now);
  }

  private void takeOutput(BoundPlan now) {
    device.download(
        Edges.address(now.edges().output()),
        now.memory().of(Home.OUTPUT),
        bytes(now.edges().output()));
  }

  @Override
  protected void backward(BoundPlan now, GradientListener listener) {
    device.upload(
        now.memory().of(Home.OUTPUT_GRADIENT),
        Edges.address(now.edges().outputGradient()),
        bytes(now.edges().output()));
    gradients(now, now.executable()::backward, listener);
  }

  @Override
  protected void step(
      BoundPlan now,
      Optional<InputKernels> input,
      boolean stale,
      long drawKey,
      OutputKernels loss,
      GradientListener listener) {
    if (stale) {
      sendParameters(now);
    }
    sendKey(now, drawKey);
    if (input.isEmpty()) {
      sendInput(now);
    }
    Executable.Whole whole = new Executable.Whole(input, loss, stale, listener.early());
    gradients(now, launched -> now.executable().step(whole, launched), listener);
  }

  /** Computes gradients, and brings to the host what the caller wants there. */
  private void gradients(
      BoundPlan now, Consumer<Executable.Launched> backward, GradientListener listener) {
    if (now.copied()) {
      downloading(now, backward, listener);
    } else {
      backward.accept(
          ranges -> ranges.forEach(range -> listener.finished(range.from(), range.to())));
      listener.finished(layout().trainableLength(), layout().length());
    }
    if (request().inputGradient()) {
      device.download(
          Edges.address(now.edges().inputGradient()),
          now.memory().of(Home.INPUT_GRADIENT),
          bytes(now.edges().input()));
    }
  }

  /** Computes backward, and brings the gradient to the caller's vector. */
  private void downloading(
      BoundPlan now, Consumer<Executable.Launched> backward, GradientListener listener) {
    List<Coming> coming = new ArrayList<>();
    backward.accept(
        ranges -> {
          for (Step.Finished range : ranges) {
            coming.add(new Coming(range, download(now, written.trained(range.from(), range.to()))));
          }
        });
    Step.Finished statistics = new Step.Finished(layout().trainableLength(), layout().length());
    coming.add(new Coming(statistics, download(now, written.moments())));
    for (Coming next : coming) {
      for (Device.Arrival arrival : next.arrivals()) {
        arrival.await();
        arrival.close();
      }
      listener.finished(next.range().from(), next.range().to());
    }
  }

  /** Begins to copy parts of the gradient to the caller's vector. */
  private List<Device.Arrival> download(BoundPlan now, List<Written.Range> ranges) {
    List<Device.Arrival> arrivals = new ArrayList<>();
    Pointer vector = Edges.address(gradients());
    for (Written.Range range : ranges) {
      arrivals.add(now.gradients().downloadBeside(vector, range.from(), range.to()));
    }
    return arrivals;
  }

  private void unpin() {
    pinned.ifPresent(device::unpin);
    pinned = Optional.empty();
  }

  @Override
  protected void release() {
    unpin();
    closeEngines();
  }

  private void closeEngines() {
    for (List<Step> steps :
        List.of(program().refresh(), program().forward(), program().backward())) {
      for (Step step : steps) {
        if (step instanceof Step.Run run) {
          run.engine().close();
        }
      }
    }
  }
}
