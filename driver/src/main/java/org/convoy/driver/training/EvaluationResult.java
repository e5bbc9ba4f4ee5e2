package org.convoy.driver.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.convoy.image.loader.BadImage;
import org.convoy.task.Metric;
import org.convoy.task.Task;

/**
 * How good a model is on a data set.
 *
 * @param model name of the network
 * @param weightsSha256 of its weights, in hexadecimal
 * @param executors that took part
 * @param images that were evaluated, those that did not decode left out
 * @param task what the model was trained for; it names the metrics
 * @param metrics the loss, without label smoothing, and the task's metrics, by name
 * @param evaluationSeconds from the start of the executors' work to its end, compiling included
 * @param seconds the whole time, listing the data included
 * @param badImages images that did not decode, and why, in the order of the data set
 */
public record EvaluationResult(
    String model,
    String weightsSha256,
    int executors,
    long images,
    Task task,
    Map<String, Double> metrics,
    double evaluationSeconds,
    double seconds,
    List<BadImage> badImages) {
  /** Copies list and map. */
  public EvaluationResult {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    badImages = List.copyOf(badImages);
  }

  /** The mean loss. */
  public double loss() {
    return metrics.getOrDefault(Metric.LOSS.name(), Double.NaN);
  }

  /** Images a second over all executors, while they worked. */
  public double imagesPerSecond() {
    return images / evaluationSeconds;
  }
}
