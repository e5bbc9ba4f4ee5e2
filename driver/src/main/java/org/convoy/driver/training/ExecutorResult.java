package org.convoy.driver.training;

import java.io.Serializable;
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
 * @param confusion its counts of the last validation, (true class, predicted class); empty without
 *     validation
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
    long[] confusion,
    Outcome[] outcome)
    implements Serializable {

  /**
   * The run's end, as rank 0 saw it.
   *
   * @param history steps and epochs as JSON
   * @param samples numbers of validation images for the report
   * @param labels what each was taken for
   * @param probabilities how surely
   */
  record Outcome(
      String weightsSha256,
      String history,
      double validationLoss,
      double top1,
      double top5,
      int[] samples,
      int[] labels,
      double[] probabilities)
      implements Serializable {}

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
      long[] confusion,
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
        confusion,
        outcome.stream().toArray(Outcome[]::new));
  }
}
