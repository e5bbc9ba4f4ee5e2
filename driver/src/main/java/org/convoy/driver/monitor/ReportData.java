package org.convoy.driver.monitor;

import java.util.List;
import org.convoy.task.Metric;
import org.convoy.task.Section;

/**
 * All that the report shows.
 *
 * @param summary the run's figures
 * @param history its steps and epochs
 * @param metrics that a validation states, in order
 * @param sections what the task shows of the last validation; none without one
 * @param samples validation images with what the model makes of them
 * @param executors the cluster, as it was at the end
 * @param recipe the recipe, every key stated
 * @param footer when, with which version and on what the run was made
 */
public record ReportData(
    RunSummary summary,
    RunHistory history,
    List<Metric> metrics,
    List<Section> sections,
    List<Sample> samples,
    List<Executor> executors,
    String recipe,
    String footer) {

  /** Copies the lists. */
  public ReportData {
    metrics = List.copyOf(metrics);
    sections = List.copyOf(sections);
    samples = List.copyOf(samples);
    executors = List.copyOf(executors);
  }

  /**
   * One validation image.
   *
   * @param image the file's bytes
   * @param mediaType {@code image/jpeg}, {@code image/png} or another that browsers show
   * @param actual names of its classes
   * @param predicted what the model says
   */
  @SuppressWarnings("ArrayRecordComponent") // shown once, never compared
  public record Sample(byte[] image, String mediaType, List<String> actual, List<Said> predicted) {
    /** Copies the lists. */
    public Sample {
      actual = List.copyOf(actual);
      predicted = List.copyOf(predicted);
    }

    /** Whether the prediction is right. */
    public boolean right() {
      return predicted.size() == actual.size()
          && predicted.stream().map(Said::label).allMatch(actual::contains);
    }
  }

  /**
   * A class that a model names.
   *
   * @param probability 0 to 1
   */
  public record Said(String label, double probability) {}

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
