package org.convoy.driver.monitor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The JSON form of this package's records. A number that is not finite is written as null and read
 * back as NaN.
 */
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** The fields that every epoch has, whatever the task. */
  private static final Set<String> EPOCH_FIELDS =
      Set.of("epoch", "step", "train_loss", "images_per_second", "seconds");

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static ObjectNode put(ObjectNode node, String name, double value) {
    return Double.isFinite(value) ? node.put(name, value) : node.putNull(name);
  }

  /** Writes metrics among other fields, each under its name. */
  static void put(ObjectNode node, Map<String, Double> metrics) {
    metrics.forEach((name, value) -> put(node, name, value));
  }

  /** Reads the fields of an epoch that are not the same for every task. */
  private static Map<String, Double> metrics(JsonNode epoch) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    epoch
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!EPOCH_FIELDS.contains(name)) {
                metrics.put(name, number(epoch, name));
              }
            });
    return metrics;
  }

  static double number(JsonNode node, String name) {
    JsonNode value = node.path(name);
    return value.isNumber() ? value.doubleValue() : Double.NaN;
  }

  static ObjectNode of(StepRecord step) {
    ObjectNode node = object().put("step", step.step()).put("epoch", step.epoch());
    put(node, "loss", step.loss());
    put(node, "learning_rate", step.learningRate());
    put(node, "images_per_second", step.imagesPerSecond());
    return step.averaged() == 1 ? node : node.put("averaged", step.averaged());
  }

  static StepRecord step(JsonNode node) {
    return new StepRecord(
        node.path("step").longValue(),
        node.path("epoch").intValue(),
        number(node, "loss"),
        number(node, "learning_rate"),
        number(node, "images_per_second"),
        node.path("averaged").asInt(1));
  }

  static ObjectNode of(EpochRecord epoch) {
    ObjectNode node = object().put("epoch", epoch.epoch()).put("step", epoch.step());
    put(node, "train_loss", epoch.trainLoss());
    put(node, epoch.metrics());
    put(node, "images_per_second", epoch.imagesPerSecond());
    return put(node, "seconds", epoch.seconds());
  }

  static EpochRecord epoch(JsonNode node) {
    return new EpochRecord(
        node.path("epoch").intValue(),
        node.path("step").longValue(),
        number(node, "train_loss"),
        metrics(node),
        number(node, "images_per_second"),
        number(node, "seconds"));
  }

  static JsonNode read(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String line(JsonNode node) {
    return node.toString();
  }

  static String pretty(JsonNode node) {
    return node.toPrettyString() + "\n";
  }
}
