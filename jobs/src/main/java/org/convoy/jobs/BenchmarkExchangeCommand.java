package org.convoy.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.convoy.driver.config.RecipeLoader;
import org.convoy.driver.exchange.sums.Combination;
import org.convoy.driver.exchange.sums.Load;
import org.convoy.driver.exchange.sums.MicroBatches;
import org.convoy.driver.exchange.sums.StepForecast;
import org.convoy.driver.exchange.sums.StepForecast.Network;
import org.convoy.jobs.exchange.Bandwidth;
import org.convoy.jobs.exchange.EmulatedNetwork;
import org.convoy.jobs.exchange.ExchangeFigures;
import org.convoy.jobs.exchange.ExchangeProcesses;
import org.convoy.jobs.exchange.ExchangeTask;
import org.convoy.jobs.exchange.GlooProcesses;
import org.convoy.jobs.rivals.RivalJars;
import org.convoy.settings.RequestException;
import org.convoy.settings.Variants;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code convoy benchmark exchange}: a form of combining executors against plain sockets. */
@Command(
    name = "exchange",
    description = {
      "Times the exchange of a step between executors that are processes of this machine, against"
          + " plain sockets that move as many bytes between the same processes in the same run. What"
          + " was exchanged is verified."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "%nExamples:",
      "  deploy/convoy benchmark exchange --executors 4 --megabytes 100 --form bfloat16-sum --json",
      "  deploy/convoy benchmark exchange --executors 4 --megabytes 100 --gloo",
      "  deploy/convoy benchmark exchange --executors 2 --megabytes 20 --bandwidth 1Gbit",
      "  deploy/convoy benchmark exchange --bandwidth 1Gbit --compute-ms 500 --json",
      "  deploy/convoy benchmark exchange --form '{name = top-k, density = 0.001}'"
    })
public final class BenchmarkExchangeCommand implements Callable<Integer> {
  /** A recipe needs some things that do not matter here. */
  private static final String RECIPE =
      "name = benchmark, model.name = lenet5, epochs = 1, data.uri = none, data.train = none,"
          + " schedule.learning-rate = 1";

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--executors",
      paramLabel = "W",
      defaultValue = "4",
      description = "Processes (default ${DEFAULT-VALUE}).")
  private int executors;

  @Option(
      names = "--megabytes",
      paramLabel = "S",
      defaultValue = "100",
      description = "Size of the parameters in float32 (default ${DEFAULT-VALUE}).")
  private int megabytes;

  @Option(
      names = "--form",
      paramLabel = "F",
      defaultValue = "synchronous-sum",
      description = {
        "The form, as exchange.combine of a recipe takes it: a name, or a name and options in braces"
            + " (default ${DEFAULT-VALUE})."
      })
  private String form = "";

  @Option(
      names = "--groups",
      paramLabel = "G",
      description = "Groups of micro-batches (default: as many as executors).")
  private Optional<Integer> groups = Optional.empty();

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "120",
      description = {
        "Steps before the clock counts (default ${DEFAULT-VALUE}). In the first ones the JVM"
            + " compiles, on the cores that exchange."
      })
  private int warmUp;

  @Option(
      names = "--rounds",
      paramLabel = "K",
      defaultValue = "9",
      description = "Timed steps; the median counts (default ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--bandwidth",
      paramLabel = "B",
      description = {
        "Gives each executor a network connection of this speed, such as 1Gbit, in a network"
            + " namespace of its own, and predicts the time. Needs Linux and root."
      })
  private Optional<Bandwidth> bandwidth = Optional.empty();

  @Option(
      names = "--delay-ms",
      paramLabel = "D",
      description = "With --bandwidth: the delay of each packet in milliseconds.")
  private Optional<Double> delayMillis = Optional.empty();

  @Option(
      names = "--compute-ms",
      paramLabel = "C",
      description = {
        "Lets each executor wait so many milliseconds in a step where it would compute, so that the"
            + " exchange is hidden as in a training step. Takes no processor (default: none)."
      })
  private double computeMillis;

  @Option(
      names = "--encrypted",
      description = "Authenticate and encrypt as Spark does; plain sockets stay clear.")
  private boolean encrypted;

  @Option(
      names = "--gloo",
      description = {
        "Also time Gloo's all-reduce of a vector as long, between as many processes, which libtorch"
            + " brings. The launcher fetches and builds it at its first use."
      })
  private boolean gloo;

  @Option(names = "--list", description = "Print the names of all forms, a line each, and end.")
  private boolean list;

  @Mixin private final JsonOption json = new JsonOption();

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    if (list) {
      Variants.of(Combination.class).keySet().forEach(out::println);
      out.flush();
      json.print(out, Map.of("forms", List.copyOf(Variants.of(Combination.class).keySet())));
      return 0;
    }
    BenchmarkOptions.atLeastOne("--executors", executors);
    BenchmarkOptions.atLeastOne("--megabytes", megabytes);
    BenchmarkOptions.atLeastOne("--warm-up", warmUp);
    BenchmarkOptions.atLeastOne("--rounds", rounds);
    int allGroups = groups.orElse(executors);
    if (allGroups < executors) {
      throw new RequestException(
          "--groups: expected at least as many as executors, " + executors + ", got " + allGroups);
    }
    if (delayMillis.isPresent() && bandwidth.isEmpty()) {
      throw new RequestException("--delay-ms: expected --bandwidth beside it, got none");
    }
    if (gloo && encrypted) {
      throw new RequestException("--gloo: expected no --encrypted, for Gloo does not encrypt");
    }
    if (!(computeMillis >= 0)) {
      throw new RequestException("--compute-ms: expected 0 or more, got " + computeMillis);
    }
    ExchangeTask task =
        new ExchangeTask(
            combination(),
            executors,
            allGroups,
            megabytes * 1_000_000L / Float.BYTES,
            warmUp,
            rounds,
            computeMillis / 1000,
            encrypted);
    Path log = Files.createTempFile("convoy-exchange", ".log");
    Measured measured;
    try {
      measured = measure(task, log);
    } catch (IllegalStateException e) {
      throw new IllegalStateException(e.getMessage() + " (the processes' log is " + log + ")", e);
    }
    Files.delete(log);
    Map<String, Object> summary = summary(task, measured);
    bandwidth.ifPresent(each -> summary.put("predicted_seconds", predicted(task, each)));
    if (!json.wanted()) {
      print(summary, out);
    }
    json.print(out, summary);
    return 0;
  }

  /** What each executor measured, and the seconds of Gloo's all-reduce. */
  private record Measured(List<ExchangeFigures> figures, Optional<Double> glooSeconds) {}

  private Measured measure(ExchangeTask task, Path log) throws IOException, InterruptedException {
    Optional<String> rival =
        gloo
            ? Optional.of(RivalJars.classPath("libtorch", "benchmark exchange --gloo"))
            : Optional.empty();
    if (bandwidth.isEmpty()) {
      return measure(task, rival, log, Optional.empty());
    }
    try (EmulatedNetwork network = new EmulatedNetwork(executors, bandwidth.get(), delayMillis)) {
      return measure(task, rival, log, Optional.of(network));
    }
  }

  private static Measured measure(
      ExchangeTask task, Optional<String> rival, Path log, Optional<EmulatedNetwork> network)
      throws IOException, InterruptedException {
    List<ExchangeFigures> figures = ExchangeProcesses.run(task, network, log);
    return rival.isEmpty()
        ? new Measured(figures, Optional.empty())
        : new Measured(
            figures, Optional.of(GlooProcesses.seconds(task, rival.get(), network, log)));
  }

  /** The time of a step by its bytes, the network and what is computed meanwhile. */
  private double predicted(ExchangeTask task, Bandwidth speed) {
    MicroBatches most = MicroBatches.range(executors - 1, executors, task.groups());
    Load load = task.form().load(most, executors, task.layout());
    double latency = delayMillis.orElse(0.0) / 1000;
    Network network = new Network(speed.bytesPerSecond(), latency);
    return new StepForecast(task.computeSeconds(), most.count(), load, network).seconds();
  }

  private Combination combination() {
    return new RecipeLoader()
        .parse(RECIPE, "--form", List.of("exchange.combine=" + form))
        .exchange()
        .combine();
  }

  private static Map<String, Object> summary(ExchangeTask task, Measured measured) {
    List<ExchangeFigures> figures = measured.figures();
    // The slowest executor holds up the step.
    double seconds = figures.stream().mapToDouble(ExchangeFigures::seconds).max().orElseThrow();
    double socket =
        figures.stream().mapToDouble(ExchangeFigures::socketSeconds).max().orElseThrow();
    double waited =
        figures.stream().mapToDouble(ExchangeFigures::waitedSeconds).max().orElseThrow();
    long bytes = figures.stream().mapToLong(ExchangeFigures::bytesSent).max().orElseThrow();
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("form", Variants.name(task.form().getClass()));
    summary.put("options", task.form().toString());
    summary.put("executors", task.executors());
    summary.put("groups", task.groups());
    summary.put("parameter_bytes", Float.BYTES * task.floats());
    summary.put("rounds", task.rounds());
    summary.put("encrypted", task.encrypted());
    summary.put("seconds", seconds);
    summary.put("compute_seconds", task.computeSeconds());
    summary.put("waited_seconds", waited);
    summary.put("bytes_sent", bytes);
    summary.put("gigabytes_per_second", bytes / seconds / 1e9);
    summary.put("socket_seconds", socket);
    summary.put("socket_gigabytes_per_second", bytes / socket / 1e9);
    summary.put("ratio_to_socket", socket / seconds);
    measured
        .glooSeconds()
        .ifPresent(
            other -> {
              summary.put("gloo_seconds", other);
              summary.put("ratio_to_gloo", other / seconds);
            });
    return summary;
  }

  private static void print(Map<String, Object> summary, PrintWriter out) {
    summary.forEach((name, value) -> out.printf(Locale.ROOT, "%-28s %s%n", name, value));
    out.flush();
  }
}
