package org.convoy.driver.training;

import java.util.Locale;
import org.apache.spark.SparkConf;
import org.apache.spark.network.util.JavaUtils;
import org.convoy.driver.config.RequestException;
import org.convoy.driver.exchange.Combination;
import org.convoy.driver.exchange.MicroBatches;
import org.convoy.driver.exchange.VectorLayout;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;

/**
 * What an executor takes beside its Java heap, known before the run begins, and whether a cluster
 * manager that watches memory will stand it.
 */
final class NativeBudget {
  private static final long MIB = 1L << 20;

  /**
   * Libraries, their code caches, threads' stacks, network buffers: about what an idle executor was
   * seen to hold.
   */
  private static final long BASE_BYTES = 400 * MIB;

  /** Spark's own rule where {@code spark.executor.memoryOverhead} is not set. */
  private static final long LEAST_OVERHEAD = 384 * MIB;

  private static final double OVERHEAD_FACTOR = 0.1;

  private NativeBudget() {}

  /** Bytes of native memory an executor takes at most. */
  static long bytes(RunSpec spec, Backend backend, int executors) {
    Graph graph = spec.graph();
    int batch = spec.microBatchSize();
    long total = BASE_BYTES;
    Precision precision = AgreedPrecision.asked(spec.recipe());
    PlanRequest[] requests = {
      Replica.request(spec, precision), PlanRequest.inference(batch).precision(precision)
    };
    for (PlanRequest request : requests) {
      try (Plan plan = backend.compile(graph, request)) {
        total += plan.memory().totalBytes();
      }
    }
    Parameters layout = Parameters.of(graph);
    // Parameters and gradient; what the combiner holds; at most two state vectors.
    total += 2 * Float.BYTES * layout.length();
    VectorLayout vector =
        new VectorLayout(
            layout.trainableLength(), layout.length(), spec.recipe().exchange().chunkFloats());
    Combination combination = spec.recipe().exchange().combine();
    // The last executor has as many groups as any.
    MicroBatches range =
        MicroBatches.range(executors - 1, executors, spec.microBatches(), spec.groups());
    total += combination.bytes(range, executors, vector);
    total += 2 * Float.BYTES * combination.updated(range, executors, vector);
    long image = Float.BYTES * graph.inputShape().elements();
    total += 2 * image * batch * (spec.recipe().data().readAhead() + 1L);
    return total;
  }

  /**
   * Refuses a run whose executors YARN or Kubernetes would kill.
   *
   * @throws RequestException with the setting that helps
   */
  static void check(SparkConf conf, RunSpec spec, Backend backend, int executors) {
    String master = conf.get("spark.master", "");
    if (!master.startsWith("yarn") && !master.startsWith("k8s")) {
      return;
    }
    long heap = JavaUtils.byteStringAsBytes(conf.get("spark.executor.memory", "1g"));
    long granted =
        conf.contains("spark.executor.memoryOverhead")
            ? MIB * JavaUtils.byteStringAsMb(conf.get("spark.executor.memoryOverhead"))
            : Math.max(LEAST_OVERHEAD, (long) (OVERHEAD_FACTOR * heap));
    check(granted, bytes(spec, backend, executors));
  }

  static void check(long granted, long needed) {
    if (needed > granted) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "an executor needs %d MiB beside its Java heap, and has %d: set spark.executor.memoryOverhead=%dm",
              up(needed),
              granted / MIB,
              up(needed)));
    }
  }

  private static long up(long bytes) {
    return (bytes + MIB - 1) / MIB;
  }
}
