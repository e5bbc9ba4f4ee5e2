package org.convoy.kernels.cudnn;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.convoy.graph.Graph;
import org.convoy.kernels.Choices;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.Mode;
import org.convoy.kernels.PlanMemory;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.cuda.Device;
import org.convoy.kernels.plan.CompiledPlan;
import org.convoy.kernels.plan.Edges;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.plan.Program;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A program, its memory on the device, and the caller's vectors on the host. Parameters are
 * uploaded after each change, the input before each forward. Ranges of the gradient are downloaded
 * while later parts of backward compute.
 */
final class CudnnPlan extends CompiledPlan<CudnnPlan.Bound> {
  /** Elements of the gradient that a part of backward finishes at least: 4 MiB. */
  private static final long PART_ELEMENTS = 1 << 20;

  /** What exists once the plan is bound. */
  record Bound(DeviceMemory memory, Executable executable, LongPointer drawKey, Edges edges)
      implements CompiledPlan.Bound {
    @Override
    public void close() {
      executable.close();
      memory.close();
      drawKey.close();
      edges.close();
    }
  }

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
  protected Bound allocate() {
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
    DeviceMemory held = new DeviceMemory(device, sizes.program(), sizes.device());
    return new Bound(
        held,
        new Executable(sizes.program(), device, held.bases(), PART_ELEMENTS),
        new LongPointer(1),
        new Edges(graph(), request()));
  }

  private static long bytes(INDArray array) {
    return array.length() * Float.BYTES;
  }

  @Override
  protected void attach(Bound now) {
    unpin();
    if (request().mode() == Mode.TRAINING) {
      Pointer vector = Edges.address(gradients());
      if (device.pin(vector, layout().length() * Float.BYTES)) {
        pinned = Optional.of(vector);
      }
    }
  }

  @Override
  protected void refresh(Bound now) {
    long bytes = layout().length() * Float.BYTES;
    device.upload(now.memory().of(Home.PARAMETERS), Edges.address(parameters()), bytes);
    now.executable().refresh();
  }

  @Override
  protected void forward(Bound now, long drawKey) {
    now.drawKey().put(drawKey);
    device.upload(now.memory().of(Home.DRAW_KEY), now.drawKey(), Long.BYTES);
    device.upload(
        now.memory().of(Home.INPUT),
        Edges.address(now.edges().input()),
        bytes(now.edges().input()));
    now.executable().forward();
    device.download(
        Edges.address(now.edges().output()),
        now.memory().of(Home.OUTPUT),
        bytes(now.edges().output()));
  }

  @Override
  protected void backward(Bound now, GradientListener listener) {
    device.upload(
        now.memory().of(Home.OUTPUT_GRADIENT),
        Edges.address(now.edges().outputGradient()),
        bytes(now.edges().output()));
    List<Coming> coming = new ArrayList<>();
    now.executable()
        .backward(
            ranges -> {
              for (Step.Finished range : ranges) {
                coming.add(
                    new Coming(range, download(now, written.trained(range.from(), range.to()))));
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
    if (request().inputGradient()) {
      device.download(
          Edges.address(now.edges().inputGradient()),
          now.memory().of(Home.INPUT_GRADIENT),
          bytes(now.edges().input()));
    }
  }

  /** Begins to copy parts of the gradient to the caller's vector. */
  private List<Device.Arrival> download(Bound now, List<Written.Range> ranges) {
    List<Device.Arrival> arrivals = new ArrayList<>();
    BytePointer vector = new BytePointer(Edges.address(gradients()));
    for (Written.Range range : ranges) {
      long at = range.from() * Float.BYTES;
      long bytes = (range.to() - range.from()) * Float.BYTES;
      arrivals.add(
          device.downloadBeside(
              vector.getPointer(at), now.memory().of(Home.GRADIENTS) + at, bytes));
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
