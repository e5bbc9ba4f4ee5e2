package org.convoy.driver.training;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.convoy.driver.data.ReadDistances;
import org.convoy.driver.evaluation.Evaluator;
import org.convoy.driver.exchange.wire.Traffic;
import org.convoy.driver.monitor.StepTimes;

/**
 * The result of a task at the end of the run.
 *
 * @param precision the precision of its plans, as a recipe writes it
 * @param planBytes the native memory of its plans
 * @param images the number of images in its own micro-batches, counted each time they were trained
 *     on
 * @param imagesPerSecond those images per second of training, without validation
 * @param times the time of its steps by activity
 * @param distances what it read from file systems that know where their bytes are
 * @param counts {@link org.convoy.task.Counters#toDoubles} of the last validation; empty without
 *     validation
 * @param details {@link org.convoy.task.Counters#details} of the last validation; empty without
 *     validation
 * @param outcome the run's result, from rank 0 only
 */
@SuppressWarnings("ArrayRecordComponent") // Sent once, never compared.
record ExecutorResult(
    int rank,
    String executor,
    String host,
    int cores,
    String precision,
    long planBytes,
    long bytesSent,
    long bytesReceived,
    double secondsWaited,
    long images,
    double imagesPerSecond,
    StepTimes times,
    ReadDistances distances,
    double[] counts,
    long[] details,
    Outcome[] outcome)
    implements Serializable {

  /**
   * The run's result on rank 0.
   *
   * @param history the steps and epochs as JSON
   * @param metrics of the saved model, by name
   * @param examples validation images for the report, with the model's predictions
   */
  record Outcome(
      String weightsSha256,
      String history,
      Map<String, Double> metrics,
      List<Evaluator.Example> examples)
      implements Serializable {
    /** Copies map and list. */
    Outcome {
      metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
      examples = List.copyOf(examples);
    }
  }

  static ExecutorResult of(
      int rank,
      String executor,
      String host,
      int cores,
      String precision,
      long planBytes,
      Traffic traffic,
      long images,
      double imagesPerSecond,
      StepTimes times,
      ReadDistances distances,
      double[] counts,
      long[] details,
      Optional<Outcome> outcome) {
    return new ExecutorResult(
        rank,
        executor,
        host,
        cores,
        precision,
        planBytes,
        traffic.bytesSent(),
        traffic.bytesReceived(),
        traffic.nanosWaited() * 1e-9,
        images,
        imagesPerSecond,
        times,
        distances,
        counts,
        details,
        outcome.stream().toArray(Outcome[]::new));
  }
}
