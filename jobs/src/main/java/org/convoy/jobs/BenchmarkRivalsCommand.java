package org.convoy.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.jobs.rivals.Contest;
import org.convoy.jobs.rivals.Entrant;
import org.convoy.jobs.rivals.RivalJars;
import org.convoy.jobs.rivals.Standing;
import org.convoy.jobs.rivals.Task;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code convoy benchmark rivals}: the same step on Convoy, libtorch, DL4J and ONNX Runtime, in
 * turn.
 */
@Command(
    name = "rivals",
    description = {
      "Times the same training step, or forward pass with --inference, on Convoy, on libtorch, on"
          + " DL4J and, with --inference, on ONNX Runtime: each in a separate process, with the same number of threads, in turn, for"
          + " several rounds. The logits and losses of a rival are first compared with Convoy's."
          + " DL4J and ONNX Runtime always run in float32. The launcher fetches and builds the"
          + " rivals at their first use."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "%nExamples:",
      "  deploy/convoy benchmark rivals --model resnet50 --batch 32 --steps 5",
      "  deploy/convoy benchmark rivals --model resnet18 --batch 1 --inference --only libtorch"
          + " --json"
    })
public final class BenchmarkRivalsCommand implements Callable<Integer> {
  /** Large enough that a wrong gradient shows in the losses of a few steps. */
  private static final double LEARNING_RATE = 0.01;

  /** The values of {@code --only}. */
  enum Rival {
    libtorch,
    dl4j,
    onnxruntime
  }

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--threads",
      paramLabel = "T",
      description = "Threads of the kernels (default: all cores).")
  private int threads;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "5",
      description = "Timed steps per round; the median counts (default ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--rounds",
      paramLabel = "K",
      defaultValue = "5",
      description = "Rounds; in each round all compute in turn (default ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--only",
      paramLabel = "RIVAL",
      split = ",",
      description = "Only these rivals: ${COMPLETION-CANDIDATES} (default: all).")
  private List<Rival> only = List.of(Rival.values());

  @Mixin private final BenchmarkOptions timed = new BenchmarkOptions();

  @Mixin private final JsonOption json = new JsonOption();

  @Override
  public Integer call() throws IOException {
    BenchmarkOptions.atLeastOne("--steps", steps);
    BenchmarkOptions.atLeastOne("--rounds", rounds);
    int cores = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    BenchmarkOptions.atLeastOne("--threads", cores);
    timed.batch();
    Shape input = timed.input();
    Graph graph = timed.graph(input);
    List<Entrant> rivals = new ArrayList<>();
    only.stream().distinct().map(BenchmarkRivalsCommand::entrant).forEach(rivals::add);

    Path log = Files.createTempFile("convoy-rivals", ".log");
    Entrant convoy = Entrant.convoy(System.getProperty("java.class.path"));
    Contest contest = new Contest(convoy, rivals, log);
    Contest.Result result;
    try {
      result = contest.run(task(graph, cores), steps, rounds);
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "%s (the processes' log is %s)", e.getMessage(), log), e);
    }
    Files.delete(log);
    if (!json.wanted()) {
      print(result, input, cores, spec.commandLine().getOut());
    }
    json.print(spec.commandLine().getOut(), summary(result, input, cores));
    return 0;
  }

  /** A rival, in the folder where the launcher built it. */
  private static Entrant entrant(Rival rival) {
    String classPath = RivalJars.classPath(rival.name(), "benchmark rivals");
    return switch (rival) {
      case libtorch ->
          new Entrant(
              rival.name(),
              "org.convoy.rivals.libtorch.LibtorchContender",
              classPath,
              List.of("channels-last", "contiguous"),
              List.of(Task.Precision.FLOAT32, Task.Precision.BFLOAT16));
      case dl4j ->
          new Entrant(
              rival.name(),
              "org.convoy.rivals.dl4j.Dl4jContender",
              classPath,
              List.of("workspaces"),
              List.of(Task.Precision.FLOAT32));
      case onnxruntime ->
          new Entrant(
              rival.name(),
              "org.convoy.rivals.onnxruntime.OnnxRuntimeContender",
              classPath,
              List.of("onnx"),
              List.of(Task.Precision.FLOAT32));
    };
  }

  private Task task(Graph graph, int threads) {
    return new Task(
        graph.toJson(),
        timed.batch(),
        timed.inference() ? Task.Mode.INFERENCE : Task.Mode.TRAINING,
        switch (timed.precision()) {
          case float32 -> Task.Precision.FLOAT32;
          case bfloat16 -> Task.Precision.BFLOAT16;
        },
        LEARNING_RATE,
        threads,
        "");
  }

  private Map<String, Object> summary(Contest.Result result, Shape input, int threads) {
    Standing convoy = result.standings().get(0);
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("model", timed.model());
    summary.put("batch", timed.batch());
    summary.put("input", input);
    summary.put("precision", timed.precision().name());
    summary.put("threads", threads);
    summary.put("mode", timed.mode());
    summary.put("steps", steps);
    summary.put("rounds", rounds);
    summary.put(
        "images_per_second",
        result.standings().stream()
            .collect(Collectors.toMap(Standing::name, Standing::medianImagesPerSecond)));
    summary.put(
        "native_bytes",
        result.standings().stream().collect(Collectors.toMap(Standing::name, Standing::peakBytes)));
    for (Standing rival : result.standings().subList(1, result.standings().size())) {
      summary.put("ratio_to_" + rival.name(), convoy.ratioTo(rival));
      summary.put("ratios_to_" + rival.name(), convoy.ratiosTo(rival));
      summary.put("memory_ratio_to_" + rival.name(), convoy.memoryRatioTo(rival));
      summary.put(rival.name() + "_variant", rival.variant());
      summary.put(rival.name() + "_precision", rival.precision().word());
      summary.put(rival.name() + "_logits_error", rival.agreement().logits());
      summary.put(rival.name() + "_losses_error", rival.agreement().losses());
    }
    summary.put("absent", result.absent());
    return summary;
  }

  private void print(Contest.Result result, Shape input, int threads, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%s %s, batch %d of %s, %s, %d threads, %d rounds of %d steps%n%n",
        timed.model(),
        timed.mode(),
        timed.batch(),
        input,
        timed.precision(),
        threads,
        rounds,
        steps);
    out.printf(
        Locale.ROOT,
        "%-10s %10s %10s %7s %7s  %s%n",
        "",
        "images/s",
        "MiB",
        "speed",
        "memory",
        "ratios of Convoy to it, and how it ran");
    Standing convoy = result.standings().get(0);
    for (Standing standing : result.standings()) {
      boolean rival = standing != convoy;
      out.printf(
          Locale.ROOT,
          "%-10s %,10.1f %,10.1f %7s %7s  %s%n",
          standing.name(),
          standing.medianImagesPerSecond(),
          standing.peakBytes() / 1048576.0,
          rival ? String.format(Locale.ROOT, "%.2f", convoy.ratioTo(standing)) : "",
          rival ? String.format(Locale.ROOT, "%.2f", convoy.memoryRatioTo(standing)) : "",
          rival ? rounds(convoy, standing) : "");
    }
    result
        .absent()
        .forEach(
            (name, why) -> out.printf(Locale.ROOT, "%-10s %10s %10s  %s%n", name, "-", "-", why));
    out.flush();
  }

  private static String rounds(Standing convoy, Standing rival) {
    return convoy.ratiosTo(rival).stream()
            .map(ratio -> String.format(Locale.ROOT, "%.2f", ratio))
            .collect(Collectors.joining(" "))
        + "; "
        + rival.variant()
        + ", "
        + rival.precision().word();
  }
}
