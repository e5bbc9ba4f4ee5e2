package org.convoy.kernels.onednn;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.convoy.graph.Graph;
import org.convoy.graph.Input;
import org.convoy.graph.Node;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.kernels.Choices;
import org.convoy.kernels.Frozen;
import org.convoy.kernels.Mode;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.plan.Arena;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.plan.Program;

/**
 * Times single ops: a network of that op alone is lowered as asked, and its kernels are executed
 * one after the other. Copies from and to the network's edges do not count. All trials share one
 * block of memory that holds harmless numbers.
 */
final class Trial implements AutoCloseable {
  /** A tensor that is larger than the caches. */
  private static final Shape COPIED = Shape.of(64, 56, 56);

  private static final int COPIED_BATCH = 16;

  private final PlanRequest request;
  private final Map<Graph, Map<String, List<Implementation>>> implementations = new HashMap<>();
  private Pointer block = new Pointer();
  private long blockBytes;

  Trial(PlanRequest request) {
    PlanRequest whole = request.frozen(Frozen.NONE);
    this.request = request.mode() == Mode.TRAINING ? whole.withInputGradient() : whole;
  }

  /** What the kernels of an op took, by their words. */
  record Seconds(Map<String, Double> byWord) {
    double total() {
      return byWord.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** Of a convolution's kernel of one role. */
    double of(String role) {
      return byWord.getOrDefault(word(role), 0.0);
    }
  }

  /** The word of a convolution's kernel in a trial. */
  static String word(String role) {
    return ConvolutionSearch.word(role, "op");
  }

  /** Whether an op can be computed alone, from one tensor. */
  static boolean possible(Graph graph, Node node) {
    List<Shape> inputs = graph.inputShapes(node);
    return node.shape().spatialRank() > 0 && inputs.stream().distinct().count() == 1;
  }

  /** A convolution's implementations by role; equal convolutions share them. */
  Map<String, List<Implementation>> implementations(Graph graph, Node node) {
    return implementations.computeIfAbsent(
        alone(graph, node),
        alone -> {
          try (Natives natives = new Natives()) {
            Lowering lowering = new Lowering(natives, alone, Parameters.of(alone), request);
            return ConvolutionSearch.implementations(lowering, alone.nodes().get(1));
          }
        });
  }

  private static Graph alone(Graph graph, Node node) {
    Shape input = graph.inputShapes(node).get(0);
    List<Integer> inputs = node.inputs().stream().map(any -> 0).toList();
    return new Graph(
        "trial",
        List.of(
            new Node("input", new Input(input), List.of(), input),
            new Node("op", node.op(), inputs, node.shape())));
  }

  /**
   * Executes an op.
   *
   * @param tried the implementation of each role
   * @param toBeat the best time so far, in seconds, by the kernel's word
   */
  Seconds seconds(
      Graph graph, Node node, Map<String, String> tried, ToDoubleFunction<String> toBeat) {
    Map<String, String> chosen = new HashMap<>();
    tried.forEach(
        (role, implementation) -> chosen.put(role.isEmpty() ? "op" : "op " + role, implementation));
    return seconds(alone(graph, node), request, chosen, toBeat);
  }

  private Seconds seconds(
      Graph graph,
      PlanRequest wanted,
      Map<String, String> chosen,
      ToDoubleFunction<String> toBeat) {
    try (Natives natives = new Natives()) {
      Parameters layout = Parameters.of(graph);
      Program<Step> program =
          GraphLowering.lower(natives, graph, layout, wanted.choices(new Choices(chosen)));
      Map<Home, Pointer> bases = bases(program, layout.length() * Float.BYTES);
      try (Executable executable = new Executable(program, bases)) {
        return new Seconds(executable.stopwatch().race(step -> !atEdge(step), toBeat));
      }
    }
  }

  private static boolean atEdge(Step.Timed step) {
    return step.copies()
        && step.tensors().stream()
            .map(tensor -> tensor.buffer().home())
            .anyMatch(
                home ->
                    switch (home) {
                      case INPUT, OUTPUT, INPUT_GRADIENT, OUTPUT_GRADIENT -> true;
                      default -> false;
                    });
  }

  /** Each home at a place of its own in the block. */
  private Map<Home, Pointer> bases(Program<Step> program, long vectorBytes) {
    Map<Home, Long> sizes = new EnumMap<>(Home.class);
    for (List<Step> steps : List.of(program.refresh(), program.forward(), program.backward())) {
      for (Step step : steps) {
        for (Tensor tensor : step.tensors()) {
          sizes.merge(tensor.buffer().home(), tensor.desc().bytes(), Math::max);
        }
      }
    }
    sizes.put(Home.ARENA, program.arenaBytes());
    sizes.put(Home.WEIGHTS, program.weightBytes());
    sizes.put(Home.CONSTANTS, program.constantBytes());
    sizes.put(Home.PARAMETERS, vectorBytes);
    sizes.put(Home.GRADIENTS, vectorBytes);
    long total = sizes.values().stream().mapToLong(Arena::aligned).sum() + Arena.ALIGNMENT;
    if (total > blockBytes) {
      grow(total);
    }
    Map<Home, Pointer> bases = new EnumMap<>(Home.class);
    long from = Arena.aligned(block.address()) - block.address();
    for (Home home : Home.values()) {
      bases.put(home, new BytePointer(block).getPointer(from));
      from += Arena.aligned(sizes.getOrDefault(home, 0L));
    }
    Constants.fill(program, new BytePointer(bases.get(Home.CONSTANTS)));
    return bases;
  }

  private void grow(long bytes) {
    close();
    block = Pointer.malloc(bytes);
    blockBytes = bytes;
    // What lies outside the arena, such as parameters.
    Constants.fillWithOrdinary(block, bytes);
  }

  String copyWord() {
    return request.precision() + " copy of an element";
  }

  /** Seconds in which one element of an activation is copied from one layout into the other. */
  double copySecondsPerElement() {
    Value x = Value.input(COPIED).relu();
    Graph graph = x.relu().graph("copy");
    PlanRequest wanted = PlanRequest.inference(COPIED_BATCH).precision(request.precision());
    Map<String, String> chosen = new HashMap<>();
    chosen.put(graph.nodes().get(1).name(), Layout.BLOCKED.word());
    chosen.put(graph.nodes().get(2).name(), Layout.CHANNELS_LAST.word());
    Seconds seconds = seconds(graph, wanted, chosen, word -> Double.MAX_VALUE);
    return seconds.byWord().getOrDefault(Steps.COPY, 0.0) / (COPIED_BATCH * COPIED.elements());
  }

  @Override
  public void close() {
    if (blockBytes > 0) {
      Pointer.free(block);
      blockBytes = 0;
    }
  }
}
