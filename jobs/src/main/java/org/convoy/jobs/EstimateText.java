package org.convoy.jobs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.convoy.driver.config.Recipe;
import org.convoy.driver.spark.ExecutorSize;
import org.convoy.driver.training.RunEstimate;

/**
 * An estimate as a user reads it.
 *
 * @param arguments of {@code train}: the recipe and its overrides, as the user gave them
 * @param out folder of the run as the user named it; empty: not stated
 */
record EstimateText(
    RunEstimate estimate,
    Recipe recipe,
    List<String> arguments,
    String out,
    int executors,
    ExecutorSize size) {
  private static final long MIB = 1L << 20;

  /** One line for each thing that is known. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        text(
            "network    %s on %s, %,d classes: %,d parameters, %,d multiply-adds per image",
            estimate.network(),
            estimate.input(),
            estimate.data().classes(),
            estimate.parameters(),
            estimate.multiplyAdds()));
    lines.add(
        text(
            "data       %,d training images and %,d for validation: %s",
            estimate.data().images(),
            estimate.data().validationImages(),
            estimate.data().source()));
    lines.add(
        text(
            "steps      %,d, which is %,d per epoch; a global batch has %,d images (%d micro-batches of %d)",
            estimate.steps(),
            estimate.stepsPerEpoch(),
            estimate.batch().globalSize(),
            estimate.batch().microBatches(),
            estimate.batch().microBatchSize()));
    lines.add(
        text(
            "executors  %d with %d cores each and at most %d micro-batches of each step",
            executors, size.cores(), estimate.microBatchesEach()));
    lines.add(
        text(
            "memory     of an executor: %,d MiB of Java heap and %,d MiB beside it (%s)",
            size.heapBytes() / MIB, overheadMebibytes(), estimate.memory()));
    lines.add(
        text(
            "time       %s of training and %s of validation at %,.1f images/s; reading and exchange"
                + " are not counted",
            duration(estimate.trainingSeconds()),
            duration(estimate.validationSeconds()),
            estimate.imagesPerSecond()));
    lines.addAll(CostText.lines(estimate));
    estimate.missing().forEach(each -> lines.add("missing    " + each));
    lines.add("submit     " + submit());
    return lines;
  }

  /** The command for a cluster, with everything that an executor needs. */
  String submit() {
    return text(
        "spark-submit --master yarn --properties-file conf/spark-defaults.conf --num-executors %1$d"
            + " --executor-cores %2$d --conf spark.task.cpus=%2$d"
            + " --conf spark.executorEnv.OMP_NUM_THREADS=%2$d --executor-memory %3$dm"
            + " --conf spark.executor.memoryOverhead=%4$dm --class org.convoy.jobs.Main"
            + " jobs/target/convoy.jar train %5$s --out %6$s",
        executors,
        size.cores(),
        size.heapBytes() / MIB,
        overheadMebibytes(),
        arguments.stream().map(EstimateText::quoted).collect(Collectors.joining(" ")),
        out.isEmpty() ? "hdfs:///runs/" + recipe.name() : out);
  }

  /** For a program. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("network", estimate.network());
    json.put("input", estimate.input());
    json.put("classes", estimate.data().classes());
    json.put("parameters", estimate.parameters());
    json.put("multiply_adds", estimate.multiplyAdds());
    json.put("images", estimate.data().images());
    json.put("validation_images", estimate.data().validationImages());
    json.put("steps_per_epoch", estimate.stepsPerEpoch());
    json.put("steps", estimate.steps());
    json.put("global_batch", estimate.batch().globalSize());
    json.put("executors", executors);
    json.put("heap_bytes", size.heapBytes());
    json.put("native_bytes", estimate.memory().bytes());
    json.put("images_per_second", estimate.imagesPerSecond());
    json.put("training_seconds", estimate.trainingSeconds());
    json.put("validation_seconds", estimate.validationSeconds());
    json.put("costs", CostText.json(estimate));
    json.put("missing", estimate.missing());
    json.put("submit", submit());
    return json;
  }

  private long overheadMebibytes() {
    return (estimate.memory().bytes() + MIB - 1) / MIB;
  }

  private static String duration(double seconds) {
    long minutes = Math.round(seconds / 60);
    if (minutes < 2) {
      return text("%.0f s", seconds);
    }
    if (minutes < 120) {
      return text("%d min", minutes);
    }
    double hours = seconds / 3600;
    return hours < 48 ? text("%.1f h", hours) : text("%.1f days", hours / 24);
  }

  /** For a shell. */
  private static String quoted(String argument) {
    return argument.matches("[\\w@%+=:,./-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
