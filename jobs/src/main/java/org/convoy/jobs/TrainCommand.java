package org.convoy.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.monitor.RunSummary;
import org.convoy.driver.monitor.Terminal;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.SparkSettings;
import org.convoy.driver.training.ExecutorDemand;
import org.convoy.driver.training.Preflight;
import org.convoy.driver.training.RunEstimate;
import org.convoy.driver.training.RunOwner;
import org.convoy.driver.training.TrainingRequest;
import org.convoy.driver.training.TrainingSession;
import org.convoy.ml.TableData;
import org.convoy.settings.RequestException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convoy train}: trains from a recipe to a saved model and a report. */
@Command(
    name = "train",
    description = "Trains a network on the executors of a Spark cluster, as described by a recipe.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: deploy/convoy train conf/cifar10-resnet20.conf --set data.uri=hdfs:///cifar10.tar"
          + " \\",
      "           --executors 4 --cores 8 --master yarn --out hdfs:///runs/cifar10",
      "",
      "It writes into its folder: model/ (the saved model), report.html, summary.json,",
      "checkpoints/ and index/."
    })
final class TrainCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RECIPE", description = "The recipe, a file in HOCON.")
  private @Nullable Path recipe;

  @Mixin private final RecipeOverrides overrides = new RecipeOverrides();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Folder of the run: a URI on any Hadoop file system that all executors reach, or a path"
              + " on this machine. Default: runs/NAME, with a number appended if that exists.")
  private @Nullable String out;

  @Option(
      names = "--resume",
      description = "Resume from the last checkpoint of the folder (--out, else runs/NAME).")
  private boolean resume;

  @Option(
      names = "--prepare",
      hidden = true,
      paramLabel = "DIR",
      description = "Only prepares a submission, for deploy/convoy.")
  private @Nullable Path prepare;

  @Mixin private DryRunOptions dryRun = new DryRunOptions();

  @Mixin private JsonOption json = new JsonOption();

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Recipe loaded = overrides.load(Objects.requireNonNull(recipe));
    SparkConf conf = SparkSettings.prepare(new SparkConf(), loaded);
    SparkSettings.name(conf, "convoy train", loaded.name());
    String folder = folder(loaded);
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(conf);
    TrainingRequest request =
        new TrainingRequest(
            folder, SparkSettings.executors(conf), resume || startedAgain(folder, hadoop));
    request.check(loaded);
    Cluster.requireExecutorMemory(conf);
    ExecutorSize size = ExecutorSize.of(conf);
    // With an automatic micro-batch size the memory decides, and not the recipe.
    ExecutorDemand demand =
        new ExecutorDemand(
            loaded.batch().isAuto() ? loaded.withMicroBatchSize(1) : loaded,
            request.executors(),
            size);
    if (prepare != null) {
      new Submission(prepare).write(loaded, demand.enough(hadoop));
      return 0;
    }
    if (size.watched()) {
      demand.least().check(size);
    }
    FileSystems.require("data.uri", loaded.data().location(), hadoop);
    FileSystems.require("--out", folder, hadoop);
    if (dryRun.wanted()) {
      if (loaded.data().table().wanted()) {
        throw new RequestException(
            "--dry-run: expected a data set that is no table, for its images are counted by Spark");
      }
      printEstimate(dryRun.estimate(loaded, request, conf, hadoop), loaded, request, conf);
      return 0;
    }
    boolean table = loaded.data().table().wanted();
    if (table) {
      Preflight.checkFolder(loaded, request, hadoop);
    } else {
      DrawnData.drawIfMissing(loaded, hadoop, spec.commandLine().getErr());
      Preflight.check(loaded, request, hadoop);
    }
    // Only results go to standard output.
    Terminal terminal = Terminal.of(System.err, true);
    System.setErr(terminal.lines());
    RunSummary summary;
    try (Cluster running = Cluster.open(conf)) {
      Recipe trained = loaded;
      if (table) {
        SparkSession session =
            SparkSession.builder().sparkContext(running.spark().sc()).getOrCreate();
        trained = TableData.copy(loaded, folder, session, terminal);
        Preflight.check(trained, request, hadoop);
      }
      summary =
          new TrainingSession(new SparkCluster(running.spark()), trained, request, terminal).run();
      running.succeeded();
    }
    PrintWriter printer = spec.commandLine().getOut();
    printer.printf(Locale.ROOT, "model   %s%n", summary.outputs().get("model"));
    printer.printf(Locale.ROOT, "report  %s%n", summary.outputs().get("report"));
    if (json.wanted()) {
      printer.println(summary.toJson());
    }
    printer.flush();
    return 0;
  }

  /** Whether YARN started this application again, because its driver died in this run. */
  private static boolean startedAgain(String folder, Configuration hadoop) throws IOException {
    Optional<ApplicationAttemptId> attempt = ApplicationMaster.attempt();
    return attempt.isPresent()
        && attempt.get().getAttemptId() > 1
        && RunOwner.is(attempt.get().getApplicationId().toString(), folder, hadoop);
  }

  private void printEstimate(
      RunEstimate estimate, Recipe loaded, TrainingRequest request, SparkConf conf) {
    List<String> arguments = new ArrayList<>(List.of(String.valueOf(recipe)));
    overrides.values().forEach(each -> arguments.addAll(List.of("--set", each)));
    EstimateText text =
        new EstimateText(
            estimate,
            loaded,
            arguments,
            out == null ? "" : out,
            request.executors(),
            ExecutorSize.of(conf));
    PrintWriter printer = spec.commandLine().getOut();
    text.lines().forEach(printer::println);
    json.print(printer, text.json());
    printer.flush();
  }

  /** The folder of the run as a Hadoop path. */
  private String folder(Recipe loaded) {
    Path first = Path.of("runs", loaded.name());
    if (ApplicationMaster.isDriverInCluster()) {
      Locations.requireAbsolute("--out", out == null ? first.toString() : out);
    }
    if (out != null) {
      return Locations.of(out);
    }
    Path free = first;
    for (int number = 2; !resume && Files.exists(free); number++) {
      free = Path.of("runs", loaded.name() + "-" + number);
    }
    return Locations.of(free.toString());
  }
}
