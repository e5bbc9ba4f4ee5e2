package org.convoy.driver.training;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.convoy.driver.exchange.wire.Traffic;
import org.convoy.driver.monitor.StepTimes;

/**
 * What a task returns when the run is done.
 *
 * @param precision in which its plans computed, as a recipe writes it
 * @param planBytes native memory of its plans
 * @param images of its own micro-batches, counted each time they were trained on
 * @param imagesPerSecond those images per second of training, validation left out
 * @param times where the time of its steps went
 * @param counts its counts in the last validation, as {@link org.convoy.task.Counters#toDoubles}
 *     has them; empty without validation
 * @param details what the report shows beyond that, as {@link org.convoy.task.Counters#details} has
 *     it; empty without validation
 * @param outcome what rank 0 knows of the run
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
    double[] counts,
    long[] details,
    Outcome[] outcome)
    implements Serializable {

  /**
   * The run's end, as rank 0 saw it.
   *
   * @param history steps and epochs as JSON
   * @param metrics of the saved model, by name
   * @param examples validation images for the report, and what the model says of each
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
        counts,
        details,
        outcome.stream().toArray(Outcome[]::new));
  }
}
