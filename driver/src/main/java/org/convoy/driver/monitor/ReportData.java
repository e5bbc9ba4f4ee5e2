package org.convoy.driver.monitor;

import java.util.List;
import java.util.Optional;

/**
 * All that the report shows.
 *
 * @param summary the run's figures
 * @param history its steps and epochs
 * @param confusion of the validation samples, if there were any
 * @param samples validation images with what the model makes of them
 * @param executors the cluster, as it was at the end
 * @param recipe the recipe, every key stated
 * @param footer when, with which version and on what the run was made
 */
public record ReportData(
    RunSummary summary,
    RunHistory history,
    Optional<Confusion> confusion,
    List<Sample> samples,
    List<Executor> executors,
    String recipe,
    String footer) {

  /** Copies the lists. */
  public ReportData {
    samples = List.copyOf(samples);
    executors = List.copyOf(executors);
  }

  /**
   * One validation image.
   *
   * @param image the file's bytes
   * @param mediaType {@code image/jpeg}, {@code image/png} or another that browsers show
   * @param actual name of its class
   * @param predicted name of the likeliest class
   * @param probability of the likeliest class, 0 to 1
   */
  @SuppressWarnings("ArrayRecordComponent") // shown once, never compared
  public record Sample(
      byte[] image, String mediaType, String actual, String predicted, double probability) {

    /** Whether the prediction is right. */
    public boolean right() {
      return actual.equals(predicted);
    }
  }

  /**
   * One executor.
   *
   * @param name Spark's id of it
   * @param host where it ran
   * @param cores it computed on
   * @param precision in which its plans computed
   * @param plannedBytes native memory that its plan takes
   * @param bytesSent to other executors
   * @param bytesReceived from other executors
   * @param imagesPerSecond of its own micro-batches while it trained, validation left out
   * @param times where the time of its steps went
   */
  public record Executor(
      String name,
      String host,
      int cores,
      String precision,
      long plannedBytes,
      long bytesSent,
      long bytesReceived,
      double imagesPerSecond,
      StepTimes times) {}
}
