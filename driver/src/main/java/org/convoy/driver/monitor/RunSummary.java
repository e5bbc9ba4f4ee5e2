package org.convoy.driver.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of a finished run: {@code summary.json}, and the last line of {@code train --json}.
 * Values that were not measured are NaN here and null in JSON.
 *
 * @param name the run's name
 * @param model name of the network
 * @param precision the precision of the plans: the recipe's, or float32 where a processor lacks it
 * @param executors the number of executors at the end
 * @param epochs the number of finished epochs
 * @param steps the number of finished steps
 * @param trainLoss mean training loss of the last epoch
 * @param metrics of the saved model, by name, in the order of {@link org.convoy.task.Task#stated}
 * @param imagesPerSecond training images per second of the epochs' whole time, including validation
 * @param millisecondsPerStep the time of a step by activity: the mean over executors and over the
 *     steps since the run began or last resumed
 * @param localReadShare the share of the bytes read from HDFS that were on the executor's own host,
 *     since the run began or last resumed
 * @param seconds the run's whole time
 * @param weightsSha256 of the saved weights, in hexadecimal
 * @param recipeDigest digest of the settings that influence the result
 * @param badImages the number of images that did not decode
 * @param badImageNames their names, the first hundred
 * @param restarts how often the run resumed from a checkpoint
 * @param machines the kinds of machines that executors ran on; more than one means that another run
 *     may give different weights
 * @param outputs the location of each result, by name: {@code model}, {@code report} and so on
 */
public record RunSummary(
    String name,
    String model,
    String precision,
    int executors,
    int epochs,
    long steps,
    double trainLoss,
    Map<String, Double> metrics,
    double imagesPerSecond,
    StepTimes millisecondsPerStep,
    double localReadShare,
    double seconds,
    String weightsSha256,
    String recipeDigest,
    long badImages,
    List<String> badImageNames,
    int restarts,
    List<MachineRecord> machines,
    Map<String, String> outputs) {

  /** The file's name in a run's folder. */
  public static final String FILE_NAME = "summary.json";

  /** The most names of bad images that are listed. */
  public static final int NAMES_TOLD = 100;

  /** Cuts the names off after the first hundred. */
  public RunSummary {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    badImageNames =
        List.copyOf(badImageNames.subList(0, Math.min(NAMES_TOLD, badImageNames.size())));
    machines = List.copyOf(machines);
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }

  /** A metric of the saved model by its name, NaN if it was not measured. */
  public double metric(String name) {
    return metrics.getOrDefault(name, Double.NaN);
  }

  /** Whether all executors computed with the same processor, kernels and threads. */
  public boolean sameProcessors() {
    return machines.size() <= 1;
  }

  /** One line of JSON, without newline. */
  public String toJson() {
    return Json.line(node());
  }

  /** Indented JSON for the file. */
  public String toPrettyJson() {
    return Json.pretty(node());
  }

  ObjectNode node() {
    ObjectNode node =
        Json.object()
            .put("name", name)
            .put("model", model)
            .put("precision", precision)
            .put("executors", executors)
            .put("epochs", epochs)
            .put("steps", steps);
    Json.put(node, "train_loss", trainLoss);
    Json.put(node, metrics);
    Json.put(node, "images_per_second", imagesPerSecond);
    node.set("milliseconds_per_step", millisecondsPerStep.node());
    Json.put(node, "local_read_share", localReadShare);
    Json.put(node, "seconds", seconds);
    node.put("weights_sha256", weightsSha256)
        .put("recipe_digest", recipeDigest)
        .put("bad_images", badImages);
    ArrayNode names = node.putArray("bad_image_names");
    badImageNames.forEach(names::add);
    node.put("restarts", restarts).put("same_processors", sameProcessors());
    ArrayNode kinds = node.putArray("processors");
    machines.forEach(machine -> kinds.add(machine.node()));
    ObjectNode paths = node.putObject("outputs");
    outputs.forEach(paths::put);
    return node;
  }
}
