package org.convoy.driver.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of a finished run: {@code summary.json}, and the last line of {@code train --json}.
 * What was not measured is NaN here and null there.
 *
 * @param name what the run is called
 * @param model name of the network
 * @param precision in which the plans computed: the recipe's, or float32 where a processor lacks it
 * @param executors that took part, at the end
 * @param epochs finished
 * @param steps finished
 * @param trainLoss mean training loss of the last epoch
 * @param metrics of the saved model, by name, in the order of {@link org.convoy.task.Task#stated}
 * @param imagesPerSecond training images over the whole time of the epochs, validation included
 * @param millisecondsPerStep where the time of a step went, the mean over executors and over the
 *     steps since the run began or last went on from a checkpoint
 * @param seconds the run's whole time
 * @param weightsSha256 of the saved weights, in hexadecimal
 * @param recipeDigest of what influences the result
 * @param badImages how many images did not decode
 * @param badImageNames their names, the first hundred
 * @param restarts how often the run went on from a checkpoint
 * @param machines with what executors computed, each kind once; more than one means that another
 *     run may give other weights
 * @param outputs what was written where: {@code model}, {@code report} and so on
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

  /** Most names of bad images that are told. */
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
