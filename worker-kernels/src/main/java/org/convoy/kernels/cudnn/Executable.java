package org.convoy.kernels.cudnn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.convoy.kernels.cuda.Arguments;
import org.convoy.kernels.cuda.Device;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.plan.Program;

/**
 * A program with every address filled in. Each list of steps is recorded once and replayed;
 * backward is recorded in parts, behind each of which a range of the gradient is final.
 */
final class Executable implements AutoCloseable {

  /** What is launched, as one replay. */
  private record Part(Device.Recording recording, List<Step.Finished> finished)
      implements AutoCloseable {
    @Override
    public void close() {
      recording.close();
    }
  }

  /** Is told of a range of the gradient behind the launches that finish it. */
  @FunctionalInterface
  interface Launched {
    void finished(List<Step.Finished> ranges);
  }

  private final Device device;
  private final Map<Home, Long> bases;
  private final List<Arguments> arguments = new ArrayList<>();
  private final List<Part> refresh;
  private final List<Part> forward;
  private final List<Part> backward;

  /**
   * @param bases where each home that the program uses begins on the device
   * @param partElements the least elements of the gradient that a part of backward finishes
   */
  Executable(Program<Step> program, Device device, Map<Home, Long> bases, long partElements) {
    this.device = device;
    this.bases = bases;
    this.refresh = record(program.refresh(), Long.MAX_VALUE);
    this.forward = record(program.forward(), Long.MAX_VALUE);
    this.backward = record(program.backward(), partElements);
  }

  private List<Part> record(List<Step> steps, long partElements) {
    List<Part> parts = new ArrayList<>();
    List<Runnable> launches = new ArrayList<>();
    List<Step.Finished> finished = new ArrayList<>();
    long elements = 0;
    for (Step step : steps) {
      if (step instanceof Step.Launch launch) {
        launches.add(launch(launch));
      } else if (step instanceof Step.Run run) {
        launches.add(run(run));
      } else if (step instanceof Step.Finished range) {
        finished.add(range);
        elements += range.to() - range.from();
        if (elements >= partElements) {
          parts.add(part(launches, finished));
          launches = new ArrayList<>();
          finished = new ArrayList<>();
          elements = 0;
        }
      }
    }
    if (!launches.isEmpty() || !finished.isEmpty()) {
      parts.add(part(launches, finished));
    }
    return List.copyOf(parts);
  }

  private Part part(List<Runnable> launches, List<Step.Finished> finished) {
    return new Part(device.record(() -> launches.forEach(Runnable::run)), List.copyOf(finished));
  }

  private Runnable launch(Step.Launch launch) {
    Arguments filled = new Arguments(launch.count(), launch.sizes(), launch.factors());
    arguments.add(filled);
    for (int i = 0; i < launch.places().size(); i++) {
      filled.tensor(i, launch.places().get(i).map(this::address).orElse(0L));
    }
    long kernel = device.kernel(launch.kernel());
    return () -> device.launch(kernel, filled);
  }

  private Runnable run(Step.Run step) {
    long[] places = step.places().stream().mapToLong(this::address).toArray();
    long workspace = step.workspace().map(this::address).orElse(0L);
    return () -> step.engine().launch(workspace, places);
  }

  private long address(Tensor tensor) {
    Long base = bases.get(tensor.buffer().home());
    if (base == null) {
      throw new IllegalStateException("no memory for " + tensor.buffer().home());
    }
    return base + tensor.buffer().offset() + tensor.offset();
  }

  void refresh() {
    refresh.forEach(part -> part.recording().replay());
  }

  void forward() {
    forward.forEach(part -> part.recording().replay());
  }

  void backward(Launched launched) {
    for (Part part : backward) {
      part.recording().replay();
      launched.finished(part.finished());
    }
  }

  @Override
  public void close() {
    for (List<Part> parts : List.of(refresh, forward, backward)) {
      parts.forEach(Part::close);
    }
    arguments.forEach(Arguments::close);
  }
}
