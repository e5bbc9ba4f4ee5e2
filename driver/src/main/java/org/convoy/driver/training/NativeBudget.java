package org.convoy.driver.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.exchange.sums.Combination;
import org.convoy.driver.exchange.sums.MicroBatches;
import org.convoy.driver.exchange.sums.VectorLayout;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.kernels.Backend;
import org.convoy.kernels.KernelThreads;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.settings.RequestException;

/**
 * What an executor takes beside its Java heap, known before the work begins, and whether a cluster
 * manager that watches memory will let it live.
 *
 * <p>Each owner of native memory is asked for its own. Plans are sized for the threads that an
 * executor will have, and for the vector instructions of the process that asks: only for bfloat16
 * do instructions matter, where a processor without them needs plans in float32.
 *
 * @param parts the owners
 */
record NativeBudget(List<Part> parts) {
  private static final long MIB = 1L << 20;

  /**
   * Libraries, classes, compiled code, threads' stacks, network buffers: 260 to 285 MiB were seen
   * where one core trained.
   */
  private static final long BASE_BYTES = 300 * MIB;

  /** Each further core's garbage collector, decoder and OpenMP threads with their buffers. */
  private static final long CORE_BYTES = 8 * MIB;

  /** What the garbage collector keeps beside the heap. */
  private static final double HEAP_PART = 0.04;

  /**
   * What one owner takes.
   *
   * @param owner as messages call it
   */
  record Part(String owner, long bytes) {
    @Override
    public String toString() {
      return owner + " " + up(bytes) + " MiB";
    }
  }

  NativeBudget {
    parts = List.copyOf(parts);
  }

  /** Of an executor that trains. */
  static NativeBudget training(RunSpec spec, Backend backend, int executors, ExecutorSize size) {
    Recipe recipe = spec.recipe();
    Graph graph = spec.graph();
    Parameters layout = Parameters.of(graph);
    Precision precision = AgreedPrecision.asked(recipe);
    ParameterGroups groups = new ParameterGroups(recipe.parameters(), graph);
    PlanRequest training = Backpropagation.request(spec, precision, groups.frozen());
    PlanRequest evaluation = PlanRequest.inference(spec.microBatchSize()).precision(precision);
    List<Graph> resolutions = spec.inputs().stream().map(graph::at).toList();
    long plans =
        largest(resolutions, at -> plan(at, backend, training, size.cores()))
            + (recipe.data().validation().isEmpty()
                ? 0
                : plan(graph, backend, evaluation, size.cores()));
    List<Part> parts = new ArrayList<>(process(size));
    parts.add(new Part("plans", plans));
    parts.add(new Part("parameters and gradient", 2 * Float.BYTES * layout.length()));
    parts.add(
        new Part(
            "examples of the saved model", plan(graph, backend, Examples.request(), size.cores())));
    GivenModels.Given given = spec.models().teacher();
    if (given.there()) {
      Graph teacher = Graph.fromJson(given.graphJson());
      PlanRequest request = Teacher.request(spec, precision);
      List<Graph> teachers = spec.inputs().stream().map(teacher::at).toList();
      long plan = largest(teachers, at -> plan(at, backend, request, size.cores()));
      parts.add(new Part("teacher", plan + Float.BYTES * Parameters.of(teacher).length()));
    }
    if (recipe.checkpoint().best()) {
      parts.add(new Part("weights of the best epoch", Float.BYTES * layout.length()));
    }
    parts.addAll(combining(spec, groups.vector(recipe.exchange().chunkFloats()), executors));
    LoaderOptions loading = recipe.data().loading(spec.microBatchSize(), size.cores());
    parts.addAll(images(largest(resolutions, NativeBudget::imageBytes), loading));
    return new NativeBudget(parts);
  }

  /** Of an executor that evaluates a saved model. */
  static NativeBudget evaluation(
      Graph graph, Backend backend, LoaderOptions options, ExecutorSize size) {
    List<Part> parts = new ArrayList<>(process(size));
    PlanRequest plan = PlanRequest.inference(options.batchCapacity());
    parts.add(new Part("plan", plan(graph, backend, plan, size.cores())));
    parts.add(new Part("parameters", Float.BYTES * Parameters.of(graph).length()));
    parts.addAll(images(imageBytes(graph), options));
    return new NativeBudget(parts);
  }

  private static List<Part> process(ExecutorSize size) {
    return List.of(
        new Part("Java and libraries", BASE_BYTES + CORE_BYTES * size.cores()),
        new Part("the heap's upkeep", (long) (HEAP_PART * size.heapBytes())));
  }

  /** A plan takes what is told here when it is bound, and next to nothing before. */
  private static long plan(Graph graph, Backend backend, PlanRequest request, int threads) {
    return KernelThreads.as(
        threads,
        () -> {
          try (Plan plan = backend.compile(graph, request)) {
            return plan.memory().totalBytes();
          }
        });
  }

  /** Of resolutions that follow one another only one is there at a time. */
  private static long largest(List<Graph> resolutions, ToLongFunction<Graph> bytes) {
    return resolutions.stream().mapToLong(bytes).max().orElseThrow();
  }

  private static long imageBytes(Graph graph) {
    return Float.BYTES * graph.inputShape().elements();
  }

  /** What combining takes, and the state of the optimizer and of averages: the most of any rank. */
  private static List<Part> combining(RunSpec spec, VectorLayout vector, int executors) {
    Recipe recipe = spec.recipe();
    Combination combination = recipe.exchange().combine();
    List<MicroBatches> ranges =
        IntStream.range(0, executors)
            .mapToObj(
                rank -> MicroBatches.range(rank, executors, spec.microBatches(), spec.groups()))
            .toList();
    return List.of(
        new Part("sums", most(ranges, range -> combination.bytes(range, executors, vector))),
        new Part(
            "optimizer",
            OwnedChunks.bytesPerParameter(recipe)
                * most(ranges, range -> combination.updated(range, executors, vector))));
  }

  private static long most(List<MicroBatches> ranges, ToLongFunction<MicroBatches> bytes) {
    return ranges.stream().mapToLong(bytes).max().orElseThrow();
  }

  /** Batches that are decoded, being decoded or lent; and what decoding takes beside them. */
  private static List<Part> images(long image, LoaderOptions options) {
    return List.of(
        new Part("decoded images", image * options.batchCapacity() * (options.batchesAhead() + 1L)),
        new Part("decoding", options.decodingBytes()));
  }

  /** All owners together. */
  long bytes() {
    return parts.stream().mapToLong(Part::bytes).sum();
  }

  /**
   * Refuses work whose executors YARN or Kubernetes would kill.
   *
   * @throws RequestException with the setting that helps
   */
  void check(ExecutorSize size) {
    if (size.watched() && bytes() > size.overheadBytes()) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "an executor needs %d MiB beside its Java heap (%s), and has %d: set spark.executor.memoryOverhead=%dm",
              up(bytes()),
              this,
              size.overheadBytes() / MIB,
              up(bytes())));
    }
  }

  private static long up(long bytes) {
    return (bytes + MIB - 1) / MIB;
  }

  @Override
  public String toString() {
    return parts.stream().map(Part::toString).collect(Collectors.joining(", "));
  }
}
