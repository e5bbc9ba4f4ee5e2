package org.convoy.jobs;

import java.io.IOException;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.driver.training.DataOutline;
import org.convoy.driver.training.DryRun;
import org.convoy.driver.training.RunEstimate;
import org.convoy.driver.training.StepTime;
import org.convoy.driver.training.TrainingRequest;
import org.convoy.settings.RequestException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code convoy train --dry-run}. Use as a {@code @Mixin}. */
final class DryRunOptions {
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

  boolean wanted() {
    if (!wanted && (images != null || classes != null)) {
      throw new RequestException("--images and --classes: expected together with --dry-run");
    }
    return wanted;
  }

  RunEstimate estimate(Recipe recipe, TrainingRequest request, SparkConf conf, Configuration hadoop)
      throws IOException {
    DataOutline.Stated stated =
        new DataOutline.Stated(positive("--images", images), positive("--classes", classes));
    return new DryRun(recipe, request, ExecutorSize.of(conf), hadoop, StepTime::measured)
        .estimate(stated);
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
