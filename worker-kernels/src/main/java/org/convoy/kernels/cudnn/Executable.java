package org.convoy.kernels.cudnn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.convoy.kernels.InputKernels;
import org.convoy.kernels.OutputKernels;
import org.convoy.kernels.cuda.Arguments;
import org.convoy.kernels.cuda.Device;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.plan.Program;

/**
 * A program with every address filled in. What runs together is recorded when it first runs, and
 * replayed: each list of steps alone, or all of a step with its loss. Backward is recorded in
 * parts, behind each of which a range of the gradient is final.
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

  /** What is replayed together. */
  private sealed interface Replayed permits Phase, Fed, Whole {}

  /** The lists of steps that are replayed alone. */
  private enum Phase implements Replayed {
    REFRESH,
    FORWARD,
    BACKWARD
  }

  /** A forward pass whose input is written on the device. */
  private record Fed(InputKernels input) implements Replayed {}

  /**
   * A whole step as it is recorded.
   *
   * @param input writes the input, unless it is uploaded
   * @param refreshed whether it begins with copies of changed parameters
   * @param inParts whether ranges of the gradient are told while others are computed
   */
  record Whole(Optional<InputKernels> input, OutputKernels loss, boolean refreshed, boolean inParts)
      implements Replayed {}

  private static final Launched NOBODY = ranges -> {};

  /** Is told of a range of the gradient behind the launches that finish it. */
  @FunctionalInterface
  interface Launched {
    void finished(List<Step.Finished> ranges);
  }

  private final Device device;
  private final Map<Home, Long> bases;
  private final Program<Step> program;
  private final long partElements;
  private final List<Arguments> arguments = new ArrayList<>();
  private final Map<Replayed, List<Part>> recorded = new HashMap<>();

  /**
   * @param bases where each home that the program uses begins on the device
   * @param partElements the least elements of the gradient that a part of backward finishes
   */
  Executable(Program<Step> program, Device device, Map<Home, Long> bases, long partElements) {
    this.program = program;
    this.device = device;
    this.bases = bases;
    this.partElements = partElements;
  }

  private List<Part> record(List<Runnable> before, List<Step> steps, long partElements) {
    List<Part> parts = new ArrayList<>();
    List<Runnable> launches = new ArrayList<>(before);
    List<Step.Finished> finished = new ArrayList<>();
    long elements = 0;
    for (Step step : steps) {
      if (step instanceof Step.Finished range) {
        finished.add(range);
        elements += range.to() - range.from();
        if (elements >= partElements) {
          parts.add(part(launches, finished));
          launches = new ArrayList<>();
          finished = new ArrayList<>();
          elements = 0;
        }
      } else {
        launches.add(launched(step));
      }
    }
    if (!launches.isEmpty() || !finished.isEmpty()) {
      parts.add(part(launches, finished));
    }
    return List.copyOf(parts);
  }

  private Runnable launched(Step step) {
    if (step instanceof Step.Launch launch) {
      return launch(launch);
    } else if (step instanceof Step.Run run) {
      return run(run);
    }
    throw new IllegalStateException(step + " launches nothing");
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
    return base(tensor.buffer().home()) + tensor.buffer().offset() + tensor.offset();
  }

  private long base(Home home) {
    Long base = bases.get(home);
    if (base == null) {
      throw new IllegalStateException("no memory for " + home);
    }
    return base;
  }

  void refresh() {
    replay(Phase.REFRESH, () -> record(List.of(), program.refresh(), Long.MAX_VALUE), NOBODY);
  }

  void forward() {
    replay(Phase.FORWARD, () -> record(List.of(), program.forward(), Long.MAX_VALUE), NOBODY);
  }

  void forward(InputKernels input) {
    Runnable fed = () -> input.launch(base(Home.INPUT));
    replay(new Fed(input), () -> record(List.of(fed), program.forward(), Long.MAX_VALUE), NOBODY);
  }

  void backward(Launched launched) {
    replay(Phase.BACKWARD, () -> record(List.of(), program.backward(), partElements), launched);
  }

  void step(Whole whole, Launched launched) {
    replay(whole, () -> record(whole), launched);
  }

  private List<Part> record(Whole whole) {
    List<Runnable> before = new ArrayList<>();
    long batch = base(Home.INPUT);
    whole.input().ifPresent(each -> before.add(() -> each.launch(batch)));
    if (whole.refreshed()) {
      program.refresh().forEach(step -> before.add(launched(step)));
    }
    program.forward().forEach(step -> before.add(launched(step)));
    long output = base(Home.OUTPUT);
    long gradient = base(Home.OUTPUT_GRADIENT);
    before.add(() -> whole.loss().launch(output, gradient));
    return record(before, program.backward(), whole.inParts() ? partElements : Long.MAX_VALUE);
  }

  private void replay(Replayed what, Supplier<List<Part>> record, Launched launched) {
    List<Part> parts = recorded.get(what);
    if (parts == null) {
      parts = record.get();
      recorded.put(what, parts);
    }
    for (Part part : parts) {
      part.recording().replay();
      launched.finished(part.finished());
    }
  }

  @Override
  public void close() {
    recorded.values().forEach(parts -> parts.forEach(Part::close));
    arguments.forEach(Arguments::close);
  }
}
