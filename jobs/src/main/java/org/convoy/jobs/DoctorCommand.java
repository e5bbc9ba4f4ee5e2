package org.convoy.jobs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.doctor.Doctor;
import org.convoy.driver.doctor.Examination;
import org.convoy.driver.doctor.Order;
import org.convoy.driver.evaluation.NativeBudget;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.driver.spark.SparkCluster;
import org.convoy.driver.spark.SparkSettings;
import org.convoy.driver.training.ExecutorDemand;
import org.convoy.settings.RequestException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convoy doctor}: examines a cluster before a run. Runs on Spark. */
@Command(
    name = "doctor",
    description = {
      "Examines the executors of a cluster in a short barrier job: Java, processor, kernels, limits,"
          + " storage, connections, clocks. Each finding has the line that mends it. Exits with 1 if"
          + " a run would fail."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "%nExample:",
      "  deploy/convoy doctor conf/imagenet-resnet50.conf --master yarn --executors 8 --cores 16 \\",
      "    --out hdfs:///models/resnet50"
    })
final class DoctorCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "RECIPE",
      arity = "0..1",
      description = "A recipe, whose data set and exchange port are examined too.")
  private @Nullable Path recipe;

  @Mixin private final RecipeOverrides overrides = new RecipeOverrides();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "A folder that every executor writes a file in, reads it and deletes it.")
  private @Nullable String out;

  @Option(
      names = "--megabytes",
      paramLabel = "N",
      defaultValue = "32",
      description = "Size of the files that rates are measured with (default ${DEFAULT-VALUE}).")
  private int megabytes;

  @Mixin private final JsonOption json = new JsonOption();
  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException, ClusterException {
    if (megabytes < 1 || megabytes > 1024) {
      throw new RequestException("--megabytes: expected 1 to 1024, got " + megabytes);
    }
    if (recipe == null && !overrides.values().isEmpty()) {
      throw new RequestException("--set: expected a RECIPE whose keys it overrides");
    }
    Optional<Recipe> loaded = Optional.ofNullable(recipe).map(overrides::load);
    SparkConf conf = Cluster.settings("doctor");
    if (loaded.isPresent()) {
      SparkSettings.prepare(conf, loaded.get());
    } else {
      SparkSettings.prepare(conf);
    }
    Order order = order(loaded, SparkHadoopUtil.get().newConfiguration(conf));
    Examination examination;
    try (Cluster running = Cluster.open(conf)) {
      examination =
          new Doctor(
                  new SparkCluster(running.spark()),
                  order,
                  conf.get("spark.master"),
                  demand(loaded, conf).map(ExecutorDemand::least),
                  gpuDemand(loaded, conf))
              .examine();
    }
    ExaminationText text = new ExaminationText(examination);
    if (!json.wanted()) {
      text.print(spec.commandLine().getOut());
    }
    json.print(spec.commandLine().getOut(), text.toJson());
    return examination.sound() ? 0 : 1;
  }

  /** What an executor takes of its GPU's memory at least, if it has a GPU. */
  private static List<NativeBudget.Part> gpuDemand(Optional<Recipe> loaded, SparkConf conf) {
    return Cluster.hasGpus(conf)
        ? demand(loaded, conf).map(ExecutorDemand::leastOfGpu).orElse(List.of())
        : List.of();
  }

  /** What an executor takes, whatever the data set is. */
  private static Optional<ExecutorDemand> demand(Optional<Recipe> loaded, SparkConf conf) {
    return loaded.map(
        each ->
            new ExecutorDemand(
                each.batch().isAuto() ? each.withMicroBatchSize(1) : each,
                Math.min(each.groups(), SparkSettings.executors(conf)),
                ExecutorSize.of(conf)));
  }

  private Order order(Optional<Recipe> loaded, Configuration hadoop) throws IOException {
    String data = "";
    // A data set that the run will draw is not there yet.
    if (loaded.isPresent() && !loaded.get().data().generate().wanted()) {
      data = loaded.get().data().location();
      FileSystems.require("data.uri", data, hadoop);
    }
    String output = out == null ? "" : Locations.of(out);
    if (!output.isEmpty()) {
      FileSystems.require("--out", output, hadoop);
    }
    return new Order(data, output, megabytes << 20);
  }
}
