package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.convoy.graph.Fusion;
import org.convoy.graph.Graph;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.KernelTime;
import org.convoy.kernels.ParameterGate;
import org.convoy.kernels.PlanMemory;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.plan.Arena;
import org.convoy.kernels.plan.BatchMoments;
import org.convoy.kernels.plan.CompiledPlan;
import org.convoy.kernels.plan.Edges;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.plan.Program;

/** A program, the memory it runs in, and the caller's vectors. */
final class OnednnPlan extends CompiledPlan<OnednnPlan.Bound> {

  /** What exists once the plan is bound. */
  record Bound(Executable executable, BytePointer memory, Edges edges)
      implements CompiledPlan.Bound {
    @Override
    public void close() {
      executable.close();
      edges.close();
      Pointer.free(memory);
    }
  }

  private final Natives natives = new Natives();
  private final BatchMoments moments;
  private final Program<Step> program;
  private final PlanMemory memory;
  private long drawKey;
  private long inputAddress;

  OnednnPlan(Graph graph, PlanRequest request) {
    super(graph, request);
    this.moments = new BatchMoments(graph, layout(), request.frozen());
    try {
      this.program = GraphLowering.lower(natives, Fusion.apply(graph), layout(), request);
    } catch (RuntimeException | Error e) {
      natives.close();
      throw e;
    }
    this.memory =
        new PlanMemory(
            program.arenaBytes() + program.zeroBytes() + program.constantBytes(),
            program.weightBytes(),
            Edges.bytes(graph, request));
  }

  @Override
  public PlanMemory memory() {
    return memory;
  }

  @Override
  protected Bound allocate() {
    long arena = program.arenaBytes();
    long weights = program.weightBytes();
    long zeros = program.zeroBytes();
    long bytes = arena + weights + zeros + program.constantBytes() + Arena.ALIGNMENT;
    // Homes start on cache lines; malloc's own alignment is 16 bytes.
    BytePointer block = new BytePointer(Pointer.malloc(bytes)).capacity(bytes);
    if (block.isNull()) {
      throw new OutOfMemoryError(
          String.format(
              Locale.ROOT,
              "a plan of %s for batch %d takes %d bytes of native memory, which could not be had",
              graph().name(),
              request().batch(),
              memory.totalBytes()));
    }
    long start = Arena.aligned(block.address()) - block.address();
    Map<Home, Pointer> bases = new EnumMap<>(Home.class);
    bases.put(Home.ARENA, block.getPointer(start));
    bases.put(Home.WEIGHTS, block.getPointer(start + arena));
    Pointer zero = block.getPointer(start + arena + weights);
    Pointer.memset(zero, 0, zeros);
    bases.put(Home.ZEROS, zero);
    BytePointer constants = block.getPointer(start + arena + weights + zeros);
    Constants.fill(program, constants);
    bases.put(Home.CONSTANTS, constants);
    Edges edges = new Edges(graph(), request());
    bases.put(Home.INPUT, Edges.address(edges.input()));
    inputAddress = Edges.address(edges.input()).address();
    bases.put(Home.OUTPUT, Edges.address(edges.output()));
    bases.put(Home.OUTPUT_GRADIENT, Edges.address(edges.outputGradient()));
    bases.put(Home.INPUT_GRADIENT, Edges.address(edges.inputGradient()));
    bases.put(Home.PARAMETERS, Edges.address(parameters()));
    bases.put(Home.GRADIENTS, Edges.address(gradients()));
    return new Bound(new Executable(program, bases), block, edges);
  }

  @Override
  protected void attach(Bound now) {
    now.executable().rebase(Home.PARAMETERS, Edges.address(parameters()));
    now.executable().rebase(Home.GRADIENTS, Edges.address(gradients()));
  }

  /** Reads the batch where it is. */
  @Override
  protected void take(Bound now, Pointer batch) {
    if (batch.address() != inputAddress) {
      now.executable().rebase(Home.INPUT, batch);
      inputAddress = batch.address();
    }
  }

  @Override
  protected void refresh(Bound now) {
    now.executable().refresh();
  }

  @Override
  protected void forward(Bound now, long drawKey) {
    now.executable().forward(drawKey);
    this.drawKey = drawKey;
  }

  @Override
  protected void refreshAndForward(Bound now, long drawKey, ParameterGate gate) {
    now.executable().refreshAndForward(drawKey, gate);
    this.drawKey = drawKey;
  }

  @Override
  protected void backward(Bound now, GradientListener listener) {
    now.executable().backward(drawKey, listener);
    moments.shift(parameters().data(), gradients().data());
    listener.finished(layout().trainableLength(), layout().length());
  }

  @Override
  public List<KernelTime> timeKernels(int repetitions) {
    Bound now = overwritten();
    take(now, Edges.address(now.edges().input())); // The last batch may be gone.
    return now.executable().stopwatch().time(repetitions);
  }

  @Override
  public SortedMap<String, List<String>> implementations() {
    requireOpen();
    SortedMap<String, List<String>> words = new TreeMap<>();
    Stream.of(program.refresh(), program.forward(), program.backward())
        .flatMap(List::stream)
        .forEach(
            step -> {
              if (step instanceof Step.Timed timed) {
                words
                    .computeIfAbsent(timed.implementation(), name -> new ArrayList<>())
                    .add(timed.word());
              }
            });
    return words;
  }

  @Override
  protected void release() {
    natives.close();
  }
}
