package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.convoy.graph.Fusion;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.KernelTime;
import org.convoy.kernels.Mode;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanMemory;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.plan.Arena;
import org.convoy.kernels.plan.BatchMoments;
import org.convoy.kernels.plan.Edges;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.plan.Program;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A program, the memory it runs in, and the caller's vectors. */
final class OnednnPlan implements Plan {

  /** What exists once the plan is bound. */
  private record Bound(Executable executable, BytePointer memory, Edges edges) {}

  private final Natives natives = new Natives();
  private final Graph graph;
  private final Parameters layout;
  private final BatchMoments moments;
  private final PlanRequest request;
  private final Program<Step> program;
  private final PlanMemory memory;
  private Optional<Bound> bound = Optional.empty();
  private INDArray parameters = Nd4j.empty(DataType.FLOAT);
  private INDArray gradients = Nd4j.empty(DataType.FLOAT);
  private boolean stale = true;
  private long drawKey;
  private boolean forwarded;
  private boolean closed;

  OnednnPlan(Graph graph, PlanRequest request) {
    this.graph = graph;
    this.layout = Parameters.of(graph);
    this.moments = new BatchMoments(graph, layout, request.frozen());
    this.request = request;
    try {
      this.program = GraphLowering.lower(natives, Fusion.apply(graph), layout, request);
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
    return memory;
  }

  @Override
  public void bind(INDArray parameters, INDArray gradients) {
    open();
    Edges.requireFlat("parameters", parameters, layout);
    Edges.requireFlat("gradients", gradients, layout);
    this.parameters = parameters;
    this.gradients = gradients;
    this.stale = true;
    this.forwarded = false;
    if (bound.isPresent()) {
      bound.get().executable().rebase(Home.PARAMETERS, Edges.address(parameters));
      bound.get().executable().rebase(Home.GRADIENTS, Edges.address(gradients));
    } else {
      bound = Optional.of(allocate());
    }
  }

  private Bound allocate() {
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
              graph.name(),
              request.batch(),
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
    Edges edges = new Edges(graph, request);
    bases.put(Home.INPUT, Edges.address(edges.input()));
    bases.put(Home.OUTPUT, Edges.address(edges.output()));
    bases.put(Home.OUTPUT_GRADIENT, Edges.address(edges.outputGradient()));
    bases.put(Home.INPUT_GRADIENT, Edges.address(edges.inputGradient()));
    bases.put(Home.PARAMETERS, Edges.address(parameters));
    bases.put(Home.GRADIENTS, Edges.address(gradients));
    return new Bound(new Executable(program, bases), block, edges);
  }

  @Override
  public void parametersChanged() {
    stale = true;
  }

  @Override
  public INDArray input() {
    return use().edges().input();
  }

  @Override
  public INDArray output() {
    return use().edges().output();
  }

  @Override
  public INDArray inputGradient() {
    if (!request.inputGradient()) {
      throw new IllegalStateException("this plan was not asked for an input gradient");
    }
    return use().edges().inputGradient();
  }

  @Override
  public void forward(long drawKey) {
    Bound now = use();
    if (stale) {
      now.executable().refresh();
      stale = false;
    }
    now.executable().forward(drawKey);
    this.drawKey = drawKey;
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
    now.edges().take(outputGradient);
    now.executable().backward(drawKey, listener);
    moments.shift(parameters.data(), gradients.data());
    listener.finished(layout.trainableLength(), layout.length());
  }

  @Override
  public List<KernelTime> timeKernels(int repetitions) {
    forwarded = false;
    return use().executable().stopwatch().time(repetitions);
  }

  @Override
  public SortedMap<String, List<String>> implementations() {
    open();
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

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    bound.ifPresent(
        now -> {
          now.executable().close();
          now.edges().close();
          Pointer.free(now.memory());
        });
    bound = Optional.empty();
    natives.close();
  }
}
