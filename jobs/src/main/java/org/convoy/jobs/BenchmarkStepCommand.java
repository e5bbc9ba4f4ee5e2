package org.convoy.jobs;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.jobs.benchmark.MachinePeak;
import org.convoy.jobs.benchmark.StepBenchmark;
import org.convoy.jobs.benchmark.Verification;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Backends;
import org.convoy.kernels.Choices;
import org.convoy.kernels.KernelThreads;
import org.convoy.kernels.KernelTime;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.convoy.kernels.Tuning;
import org.convoy.settings.RequestException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code convoy benchmark step}: the step of one network in one process. Runs in this process. */
@Command(
    name = "step",
    description = {
      "Times training steps of a network, or forward passes with --inference, on synthetic images."
          + " Also times each of its kernels alone, which gives the bound. The step is first"
          + " compared with the slow reference on small images."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "%nExamples:",
      "  deploy/convoy benchmark step --model resnet50 --batch 32 --profile",
      "  deploy/convoy benchmark step --model resnet50 --batch 1 --inference --json"
    })
public final class BenchmarkStepCommand implements Callable<Integer> {
  private static final int VERIFIED_RESOLUTION = 64;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--backend",
      paramLabel = "K",
      defaultValue = "onednn",
      description = "The backend whose kernels compute (default ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String backend;

  @Option(
      names = "--threads",
      paramLabel = "T",
      description =
          "Threads of the kernels (default: all cores). The launcher passes it to OpenMP before the"
              + " JVM starts.")
  private int threads;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "20",
      description = "Timed steps, after a few warm-up steps (default ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--profile",
      description = "Also print every kernel by its time, with its share of the machine's peak.")
  private boolean profile;

  @Option(
      names = "--untuned",
      description = "Layouts and implementations by rule instead of by timing them.")
  private boolean untuned;

  @Option(
      names = "--tune-anew",
      description = "Time layouts and implementations again, even if they were timed before.")
  private boolean tuneAnew;

  @Mixin private final BenchmarkOptions timed = new BenchmarkOptions();

  @Mixin private final JsonOption json = new JsonOption();

  @Override
  public Integer call() {
    int batch = timed.batch();
    BenchmarkOptions.atLeastOne("--steps", steps);
    checkThreads();
    Backend kernels = RequestException.asked(() -> Backends.get(backend));
    Shape input = timed.input();
    Graph graph = timed.graph(input);
    PrintWriter out = spec.commandLine().getOut();

    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("model", timed.model());
    summary.put("batch", batch);
    summary.put("input", input);
    Precision computed = kernels.effective(timed.precision().precision());
    summary.put("precision", computed.name().toLowerCase(Locale.ROOT));
    summary.put("backend", kernels.name());
    summary.put("threads", KernelThreads.count());
    summary.put("mode", timed.mode());
    PlanRequest plain =
        timed.inference() ? PlanRequest.inference(batch) : PlanRequest.training(batch);
    PlanRequest request = plain.precision(computed);
    long start = System.nanoTime();
    Choices choices = untuned ? Choices.NONE : kernels.choose(graph, request, tuning());
    double tuningSeconds = (System.nanoTime() - start) * 1e-9;
    request = request.choices(choices);
    Verification verified = verify(kernels, input, request);
    summary.put("output_error", verified.output());
    if (!timed.inference()) {
      summary.put("gradient_error", verified.gradient());
    }
    StepBenchmark.Result result = new StepBenchmark(kernels, graph, request).run(steps);
    summary.putAll(figures(result));
    summary.put("tuning_seconds", tuningSeconds);
    if (!json.wanted()) {
      print(result, verified, input, computed, out);
    }
    if (profile) {
      MachinePeak peak = MachinePeak.measure(kernels, computed);
      summary.put("peak_gflops", peak.flops() * 1e-9);
      summary.put("peak_gbytes_per_second", peak.bandwidth() * 1e-9);
      printProfile(result.kernels(), peak, out);
    }
    json.print(out, summary);
    return 0;
  }

  /**
   * OpenMP reads its number of threads when it is loaded, and a JVM cannot change its own
   * environment.
   */
  private void checkThreads() {
    if (threads != 0 && threads != KernelThreads.count()) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "--threads %d: expected OMP_NUM_THREADS=%d in the environment, as deploy/convoy sets"
                  + " it",
              threads,
              threads));
    }
  }

  private Tuning tuning() {
    return tuneAnew ? Tuning.forgetful() : Tuning.standard();
  }

  private Verification verify(Backend kernels, Shape input, PlanRequest request) {
    Shape small = timed.square(Math.min(input.dimension(1), VERIFIED_RESOLUTION));
    Verification distance = Verification.of(kernels, timed.graph(small), request);
    Verification.Tolerance allowed = distance.allowed();
    if (!distance.holds()) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "%s of %s on %s is wrong: logits are %.2g from the reference (at most %.2g),"
                  + " gradients %.2g (at most %.2g) at a cosine of %.2g (at least %.2g)",
              timed.model(),
              kernels.name(),
              small,
              distance.output(),
              allowed.output(),
              distance.gradient(),
              allowed.gradient(),
              distance.cosine(),
              allowed.cosine()));
    }
    return distance;
  }

  private static Map<String, Object> figures(StepBenchmark.Result result) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("images_per_second", result.imagesPerSecond());
    figures.put("spread", result.spread());
    figures.put("bound_images_per_second", result.boundImagesPerSecond());
    figures.put("ratio_to_bound", result.ratioToBound());
    figures.put("memory_bound_images_per_second", result.memoryBoundImagesPerSecond());
    figures.put("ratio_to_memory_bound", result.ratioToMemoryBound());
    figures.put("forward_ms", result.forwardMillis());
    figures.put("backward_ms", result.backwardMillis());
    figures.put("update_ms", result.updateMillis());
    figures.put("planned_bytes", result.plannedBytes());
    figures.put("native_bytes", result.nativeBytes());
    figures.put("java_bytes_per_step", result.garbage().javaBytes());
    figures.put("page_faults_per_step", result.garbage().pageFaults());
    figures.put("compile_seconds", result.compileSeconds());
    return figures;
  }

  private void print(
      StepBenchmark.Result result,
      Verification verified,
      Shape input,
      Precision computed,
      PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%s %s, batch %d of %s, %s, %d threads%n",
        timed.model(),
        timed.mode(),
        timed.batch(),
        input,
        computed.name().toLowerCase(Locale.ROOT),
        KernelThreads.count());
    out.printf(
        Locale.ROOT,
        "verified  logits within %.1e%s of the float64 reference%n",
        verified.output(),
        timed.inference()
            ? ""
            : String.format(Locale.ROOT, ", gradients within %.1e", verified.gradient()));
    out.printf(
        Locale.ROOT,
        "speed     %,.1f images/s, spread %.1f%%; forward %.1f ms, backward %.1f ms, update %.1f"
            + " ms%n",
        result.imagesPerSecond(),
        100 * result.spread(),
        result.forwardMillis(),
        result.backwardMillis(),
        result.updateMillis());
    out.printf(
        Locale.ROOT,
        "bound     %,.1f images/s from its kernels timed alone: %.2f of it reached%n",
        result.boundImagesPerSecond(),
        result.ratioToBound());
    if (!Double.isNaN(result.memoryBoundImagesPerSecond())) {
      out.printf(
          Locale.ROOT,
          "          %,.1f images/s from them with operands in memory, not in caches: %.2f of it%n",
          result.memoryBoundImagesPerSecond(),
          result.ratioToMemoryBound());
    }
    out.printf(
        Locale.ROOT,
        "memory    %,.1f MiB planned, %,.1f MiB seen; compiled in %.2f s%n",
        result.plannedBytes() / 1048576.0,
        result.nativeBytes() / 1048576.0,
        result.compileSeconds());
    out.printf(
        Locale.ROOT,
        "garbage   %,.0f bytes of Java objects and %.1f page faults per step%n",
        result.garbage().javaBytes(),
        result.garbage().pageFaults());
    out.flush();
  }

  private static void printProfile(List<KernelTime> kernels, MachinePeak peak, PrintWriter out) {
    double total = kernels.stream().mapToDouble(KernelTime::secondsInStep).sum();
    out.printf(
        Locale.ROOT,
        "peak      %,.0f GFLOP/s, %,.1f GB/s%n%n%8s %6s %8s %8s %9s %8s %6s  %s%n",
        peak.flops() * 1e-9,
        peak.bandwidth() * 1e-9,
        "ms",
        "%",
        "alone",
        "memory",
        "GFLOP/s",
        "GB/s",
        "peak",
        "kernel");
    List<KernelTime> slowestFirst =
        kernels.stream()
            .sorted(Comparator.comparingDouble(KernelTime::secondsInStep).reversed())
            .toList();
    for (KernelTime kernel : slowestFirst) {
      double flops = kernel.work() / kernel.secondsInStep();
      double bandwidth = kernel.bytes() / kernel.secondsInStep();
      double share = Math.max(flops / peak.flops(), bandwidth / peak.bandwidth());
      out.printf(
          Locale.ROOT,
          "%8.3f %5.1f%% %8.3f %8.3f %9s %8.1f %5.0f%%  %s [%s]%n",
          kernel.secondsInStep() * 1e3,
          100 * kernel.secondsInStep() / total,
          kernel.seconds() * 1e3,
          kernel.secondsFromMemory().orElse(Double.NaN) * 1e3,
          kernel.work() == 0 ? "" : String.format(Locale.ROOT, "%.0f", flops * 1e-9),
          bandwidth * 1e-9,
          100 * share,
          kernel.word(),
          kernel.implementation());
    }
    out.flush();
  }
}
