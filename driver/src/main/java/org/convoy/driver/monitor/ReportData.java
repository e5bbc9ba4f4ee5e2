package org.convoy.driver.monitor;

import java.util.List;
import org.convoy.task.Metric;
import org.convoy.task.Section;

/**
 * The content of the report.
 *
 * @param summary the run's figures
 * @param history its steps and epochs
 * @param metrics the metrics of a validation, in order
 * @param sections the task's sections on the last validation; empty if there was none
 * @param samples validation images with the model's predictions
 * @param executors the executors at the end of the run
 * @param recipe the recipe with every key
 * @param footer the time, the version and the platform of the run
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
   * @param actual the names of its true classes
   * @param predicted the model's predictions
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
   * A class that a model predicts.
   *
   * @param probability 0 to 1
   */
  public record Said(String label, double probability) {}

  /**
   * One executor.
   *
   * @param name Spark's id of the executor
   * @param host the host that it ran on
   * @param cores the number of cores that it computed on
   * @param precision the precision of its plans
   * @param plannedBytes the native memory of its plans
   * @param bytesSent to other executors
   * @param bytesReceived from other executors
   * @param imagesPerSecond images of its own micro-batches per second of training, without
   *     validation
   * @param localReadShare the share of the bytes read from HDFS that were on its host, NaN if it
   *     read none from there
   * @param times the time of its steps by activity
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
      double localReadShare,
      StepTimes times) {}
}
