package org.convoy.jobs.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.convoy.graph.Draws;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.kernels.Backend;
import org.convoy.kernels.KernelThreads;
import org.convoy.kernels.KernelTime;
import org.convoy.kernels.Mode;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanMemory;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Tuning;
import org.convoy.optim.DecayMask;
import org.convoy.optim.Sgd;
import org.convoy.optim.Slices;
import org.convoy.optim.StepSettings;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Times steps of one plan, then each of its kernels alone, and their other implementations. A
 * training step is forward, loss, backward and the update (SGD with Nesterov momentum and weight
 * decay); an inference step is forward.
 */
public final class StepBenchmark {
  private static final int WARM_UP = 3;
  private static final int KERNEL_REPETITIONS = 5;

  /**
   * Long enough for every implementation in the networks of the registry; nothing timed before
   * counts.
   */
  private static final Tuning SEARCH = new Tuning(Duration.ofSeconds(60), Optional.empty());

  /**
   * What was measured.
   *
   * @param imagesPerSecond from the median step
   * @param spread of the steps' times: the distance of their quartiles over their median
   * @param forwardMillis the median, as the others
   * @param backwardMillis with the loss
   * @param boundImagesPerSecond if a step took no longer than its kernels do alone, each in the
   *     fastest layout and implementation that was found, copies between layouts left out, and the
   *     update
   * @param memoryBoundImagesPerSecond if a step took no longer than its kernels do alone when each
   *     finds its operands in memory, copies between layouts left out, and the update; NaN where
   *     the caches cannot be emptied
   * @param plannedBytes as the plan foretold
   * @param nativeBytes by which the process's anonymous memory grew between compiling and the last
   *     step, the flat vectors left out; 0 where the system does not tell
   * @param garbage what a timed step leaves behind
   * @param compileSeconds of the plan
   * @param kernels in the order of a step
   */
  public record Result(
      double imagesPerSecond,
      double spread,
      double forwardMillis,
      double backwardMillis,
      double updateMillis,
      double boundImagesPerSecond,
      double memoryBoundImagesPerSecond,
      long plannedBytes,
      long nativeBytes,
      Garbage garbage,
      double compileSeconds,
      List<KernelTime> kernels) {
    /** How much of the bound is reached, whose kernels find in the caches whatever fits there. */
    public double ratioToBound() {
      return imagesPerSecond / boundImagesPerSecond;
    }

    /** How much of the other bound is reached; above 1 where kernels leave each other something. */
    public double ratioToMemoryBound() {
      return imagesPerSecond / memoryBoundImagesPerSecond;
    }
  }

  /**
   * What a step should not need, mean over the timed steps.
   *
   * @param javaBytes of objects made by the thread that runs the step
   * @param pageFaults minor ones, of the whole process
   */
  public record Garbage(double javaBytes, double pageFaults) {}

  /** Counts {@link Garbage} from its making on. */
  static final class Counter {
    private final long faults = ProcessFigures.minorPageFaults();
    private final long bytes = ProcessFigures.javaBytes();

    Garbage over(int steps) {
      double made = ProcessFigures.javaBytes() - bytes;
      double touched = ProcessFigures.minorPageFaults() - faults;
      return new Garbage(made / steps, touched / steps);
    }
  }

  private final Backend backend;
  private final Graph graph;
  private final int batch;
  private final PlanRequest request;

  /**
   * @param request with the choices that are to be timed
   */
  public StepBenchmark(Backend backend, Graph graph, PlanRequest request) {
    this.backend = backend;
    this.graph = graph;
    this.batch = request.batch();
    this.request = request;
  }

  /** Times steps of the kind that the request is for. */
  public Result run(int steps) {
    return request.mode() == Mode.TRAINING ? training(steps) : inference(steps);
  }

  /**
   * Times training steps.
   *
   * @param steps counted, at least 1
   */
  private Result training(int steps) {
    long before = ProcessFigures.settledAnonymousBytes();
    long start = System.nanoTime();
    try (TrainingStep step = new TrainingStep(backend, graph, request)) {
      double compileSeconds = (System.nanoTime() - start) * 1e-9;
      Parameters layout = step.plan().layout();
      INDArray momentum = Nd4j.create(DataType.FLOAT, layout.length());
      Slices slices =
          Slices.cut(
              step.parameters(),
              step.gradient(),
              List.of(momentum),
              DecayMask.all(layout.trainableLength()),
              KernelThreads.count());
      Sgd sgd = new Sgd(0.9, true, 5e-4, true);
      step.fill(new Draws(0, "benchmark"));
      long[][] nanos = new long[3][steps];
      Counter counter = new Counter();
      for (int i = -WARM_UP; i < steps; i++) {
        if (i == 0) {
          counter = new Counter();
        }
        long t0 = System.nanoTime();
        step.forward();
        long t1 = System.nanoTime();
        step.backward();
        long t2 = System.nanoTime();
        slices.update(sgd, new StepSettings(1e-3, i + WARM_UP, 1));
        step.plan().parametersChanged();
        long t3 = System.nanoTime();
        if (i >= 0) {
          nanos[0][i] = t1 - t0;
          nanos[1][i] = t2 - t1;
          nanos[2][i] = t3 - t2;
        }
      }
      Garbage garbage = counter.over(steps);
      long vectors = 3L * layout.length() * Float.BYTES;
      long grown = Math.max(0, ProcessFigures.settledAnonymousBytes() - before - vectors);
      Result result = result(step.plan(), nanos, grown, garbage, compileSeconds);
      momentum.close();
      return result;
    }
  }

  /**
   * Times forward passes of an inference plan.
   *
   * @param steps counted, at least 1
   */
  private Result inference(int steps) {
    INDArray parameters = Parameters.of(graph).initialize(0, DataType.FLOAT);
    long before = ProcessFigures.settledAnonymousBytes();
    long start = System.nanoTime();
    try (Plan plan = backend.compile(graph, request)) {
      plan.bind(parameters, parameters);
      double compileSeconds = (System.nanoTime() - start) * 1e-9;
      TrainingStep.paint(plan, new Draws(0, "benchmark"));
      long[][] nanos = new long[3][steps];
      Counter counter = new Counter();
      for (int i = -WARM_UP; i < steps; i++) {
        if (i == 0) {
          counter = new Counter();
        }
        long t0 = System.nanoTime();
        plan.forward(0);
        if (i >= 0) {
          nanos[0][i] = System.nanoTime() - t0;
        }
      }
      Garbage garbage = counter.over(steps);
      long grown = Math.max(0, ProcessFigures.settledAnonymousBytes() - before);
      return result(plan, nanos, grown, garbage, compileSeconds);
    } finally {
      parameters.close();
    }
  }

  private Result result(
      Plan plan, long[][] nanos, long nativeBytes, Garbage garbage, double compileSeconds) {
    int steps = nanos[0].length;
    long[] whole = new long[steps];
    for (int i = 0; i < steps; i++) {
      whole[i] = nanos[0][i] + nanos[1][i] + nanos[2][i];
    }
    double median = quantile(whole, 0.5);
    double update = quantile(nanos[2], 0.5);
    List<KernelTime> kernels = new ArrayList<>(plan.timeKernels(KERNEL_REPETITIONS));
    double alone = fastest(kernels);
    PlanMemory memory = plan.memory();
    return new Result(
        batch / (median * 1e-9),
        (quantile(whole, 0.75) - quantile(whole, 0.25)) / median,
        quantile(nanos[0], 0.5) * 1e-6,
        quantile(nanos[1], 0.5) * 1e-6,
        update * 1e-6,
        kernels.isEmpty() ? Double.NaN : batch / (alone + update * 1e-9),
        batch / (fromMemory(kernels) + update * 1e-9),
        memory.totalBytes(),
        nativeBytes,
        garbage,
        compileSeconds,
        List.copyOf(kernels));
  }

  /**
   * Seconds of kernels, each alone and in its fastest implementation, copies between layouts left
   * out.
   */
  private double fastest(List<KernelTime> kernels) {
    Map<String, Double> fastest = backend.fastest(graph, request, SEARCH);
    Map<String, Double> alone = new HashMap<>();
    for (KernelTime kernel : kernels) {
      if (!kernel.copies()) {
        String key = fastest.containsKey(kernel.word()) ? kernel.word() : kernel.node();
        alone.merge(key, kernel.seconds(), Double::sum);
      }
    }
    double sum = 0;
    for (Map.Entry<String, Double> each : alone.entrySet()) {
      sum += Math.min(each.getValue(), fastest.getOrDefault(each.getKey(), Double.MAX_VALUE));
    }
    return sum;
  }

  private static double fromMemory(List<KernelTime> kernels) {
    return kernels.isEmpty()
        ? Double.NaN
        : kernels.stream()
            .filter(kernel -> !kernel.copies())
            .mapToDouble(kernel -> kernel.secondsFromMemory().orElse(Double.NaN))
            .sum();
  }

  private static double quantile(long[] values, double q) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.round(q * (sorted.length - 1))];
  }
}
