package org.convoy.driver.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.kernels.Backend;
import org.convoy.kernels.KernelThreads;
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
public record NativeBudget(List<Part> parts) {
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
  public record Part(String owner, long bytes) {
    @Override
    public String toString() {
      return owner + " " + up(bytes) + " MiB";
    }
  }

  /** Copies the list. */
  public NativeBudget {
    parts = List.copyOf(parts);
  }

  /** Of an executor that evaluates a saved model. */
  public static NativeBudget evaluation(
      Graph graph,
      Backend backend,
      Precision precision,
      LoaderOptions options,
      int crops,
      ExecutorSize size) {
    List<Part> parts = new ArrayList<>(process(size));
    PlanRequest plan = PlanRequest.inference(options.batchCapacity()).precision(precision);
    parts.add(new Part("plan", plan(graph, backend, plan, size.cores())));
    parts.add(new Part("parameters", Float.BYTES * Parameters.of(graph).length()));
    for (int crop = 0; crop < crops; crop++) {
      parts.addAll(images(imageBytes(graph), options));
    }
    return new NativeBudget(parts);
  }

  /** What a Java process takes, whatever it computes. */
  public static List<Part> process(ExecutorSize size) {
    return List.of(
        new Part("Java and libraries", BASE_BYTES + CORE_BYTES * size.cores()),
        new Part("the heap's upkeep", (long) (HEAP_PART * size.heapBytes())));
  }

  /** A plan takes what is told here when it is bound, and next to nothing before. */
  public static long plan(Graph graph, Backend backend, PlanRequest request, int threads) {
    return KernelThreads.as(threads, () -> backend.memory(graph, request).totalBytes());
  }

  /** One image as the network takes it. */
  public static long imageBytes(Graph graph) {
    return Float.BYTES * graph.inputShape().elements();
  }

  /** Batches that are decoded, being decoded or lent; and what decoding takes beside them. */
  public static List<Part> images(long image, LoaderOptions options) {
    return List.of(
        new Part("decoded images", image * options.batchCapacity() * (options.batchesAhead() + 1L)),
        new Part("decoding", options.decodingBytes()));
  }

  /** All owners together. */
  public long bytes() {
    return parts.stream().mapToLong(Part::bytes).sum();
  }

  /** Spark's setting that gives an executor this memory, as {@code KEY=VALUE}. */
  public String setting() {
    return "spark.executor.memoryOverhead=" + up(bytes()) + "m";
  }

  /**
   * Refuses work whose executors YARN or Kubernetes would kill.
   *
   * @throws RequestException with the setting that helps
   */
  public void check(ExecutorSize size) {
    if (size.watched() && bytes() > size.overheadBytes()) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "an executor needs %d MiB beside its Java heap (%s), and has %d: add --conf %s",
              up(bytes()),
              this,
              size.overheadBytes() / MIB,
              setting()));
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
