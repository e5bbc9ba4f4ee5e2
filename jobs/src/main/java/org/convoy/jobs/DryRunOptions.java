package org.convoy.jobs;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.exchange.sums.StepForecast.Network;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.driver.training.DataOutline;
import org.convoy.driver.training.DryRun;
import org.convoy.driver.training.NetworkOutline;
import org.convoy.driver.training.RunEstimate;
import org.convoy.driver.training.StepTime;
import org.convoy.driver.training.TrainingRequest;
import org.convoy.jobs.exchange.Bandwidth;
import org.convoy.settings.RequestException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code convoy train --dry-run}. Use as a {@code @Mixin}. */
final class DryRunOptions {
  /** Milliseconds, as within a data centre. */
  private static final double DEFAULT_LATENCY = 0.1;

  @Option(
      names = "--dry-run",
      description =
          "Check the recipe and say what the run would take: steps, memory, multiply-adds, time,"
              + " and the line for spark-submit. Trains nothing and writes nothing.")
  private boolean wanted;

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "For --dry-run: the number of training images, if the data set does not exist.")
  private @Nullable Integer images;

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "For --dry-run: the number of classes, if the data set does not exist.")
  private @Nullable Integer classes;

  @Option(
      names = "--bandwidth",
      paramLabel = "RATE",
      description =
          "For --dry-run: what an executor's connection carries, such as 25Gbit. With it the costs"
              + " of a step are forecast: compute, exchange, images, checkpoints.")
  private @Nullable Bandwidth bandwidth;

  @Option(
      names = "--latency",
      paramLabel = "MILLISECONDS",
      description = "For --bandwidth: from one executor to another. Default: 0.1.")
  private @Nullable Double latency;

  @Option(
      names = "--bytes-per-image",
      paramLabel = "N",
      description = "For --bandwidth: of a stored image. Default: reading is not counted.")
  private @Nullable Integer imageBytes;

  @Option(
      names = "--images-per-second",
      paramLabel = "R",
      description =
          "For --dry-run: what one executor trains on, on the cluster's machines. Default: what this"
              + " machine does.")
  private @Nullable Double rate;

  boolean wanted() {
    if (!wanted) {
      refuse("--images", images);
      refuse("--classes", classes);
      refuse("--bandwidth", bandwidth);
      refuse("--images-per-second", rate);
    }
    if (bandwidth == null && (latency != null || imageBytes != null)) {
      throw new RequestException(
          "--latency and --bytes-per-image: expected together with --bandwidth");
    }
    return wanted;
  }

  RunEstimate estimate(Recipe recipe, TrainingRequest request, SparkConf conf, Configuration hadoop)
      throws IOException {
    DataOutline.Stated stated =
        new DataOutline.Stated(positive("--images", images), positive("--classes", classes));
    ExecutorSize size = ExecutorSize.of(conf);
    return new DryRun(recipe, request, size, hadoop, time(size), network()).estimate(stated);
  }

  private StepTime time(ExecutorSize size) {
    if (rate == null) {
      return StepTime::measured;
    }
    double stated = rate;
    if (!(stated > 0)) {
      throw new RequestException("--images-per-second: expected more than 0, got " + stated);
    }
    return (backend, graph, plan, threads) -> size.cores() / (stated * threads);
  }

  private Optional<NetworkOutline> network() {
    if (bandwidth == null) {
      return Optional.empty();
    }
    double milliseconds = latency == null ? DEFAULT_LATENCY : latency;
    if (!(milliseconds >= 0)) {
      throw new RequestException("--latency: expected 0 or more, got " + milliseconds);
    }
    Network network = new Network(bandwidth.bytesPerSecond(), milliseconds / 1000);
    return Optional.of(
        new NetworkOutline(network, positive("--bytes-per-image", imageBytes).orElse(0)));
  }

  private static void refuse(String option, @Nullable Object value) {
    if (value != null) {
      throw new RequestException(option + ": expected together with --dry-run");
    }
  }

  private static OptionalInt positive(String option, @Nullable Integer value) {
    if (value == null) {
      return OptionalInt.empty();
    }
    if (value < 1) {
      throw new RequestException(option + ": expected at least 1, got " + value);
    }
    return OptionalInt.of(value);
  }
}
