package org.convoy.driver.evaluation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.convoy.image.loader.BadImage;
import org.convoy.task.Metric;
import org.convoy.task.Task;

/**
 * The metrics of a model on a data set.
 *
 * @param model name of the network
 * @param weightsSha256 of its weights, in hexadecimal
 * @param executors the number of executors that took part
 * @param images the number of images evaluated, without those that did not decode
 * @param task the model's task; it names the metrics
 * @param metrics the loss, without label smoothing, and the task's metrics, by name
 * @param evaluationSeconds from the start of the executors' work to its end, compiling included
 * @param seconds the whole time, listing the data included
 * @param badImages the images that did not decode, with the reasons, in the order of the data set
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

  /** Images per second over all executors, while they worked. */
  public double imagesPerSecond() {
    return images / evaluationSeconds;
  }
}
