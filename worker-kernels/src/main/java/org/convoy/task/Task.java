package org.convoy.task;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.convoy.loss.Loss;
import org.convoy.loss.Targets;
import org.convoy.metrics.Prediction;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The task that a network is trained for.
 *
 * <p>A recipe names one by the record's name: {@code task { name = classification }}. To add one,
 * add a record in a file of its own, its name in the {@code permits} clause, and its defaults in
 * the driver's {@code convoy-reference.conf}.
 */
public sealed interface Task extends Serializable
    permits Classification, MultiLabel, SelfSupervised {

  /** The column that holds the targets. */
  Column column();

  /** Whether the network learns what the data say of samples, so that it can be validated. */
  default boolean labelled() {
    return true;
  }

  /**
   * The name of each output of the network.
   *
   * @param classes of the data
   * @param outputs how many the network has
   */
  default List<String> labels(List<String> classes, int outputs) {
    return classes;
  }

  /** The file next to the images that holds the column; empty if folders define it. */
  default Optional<String> targetFile() {
    return Optional.empty();
  }

  /**
   * The reason why a loss does not fit the task, with what was expected and what was given; empty
   * if it fits.
   */
  Optional<String> refusal(Loss loss);

  /**
   * A batch's targets for the loss.
   *
   * @param samples of the batch, in order; further places of the batch do not count
   * @param rows (batch, classes) float32, the method may overwrite it
   */
  Targets targets(List<Target> samples, INDArray rows);

  /** The metrics of an evaluation in addition to the loss, in order. */
  List<Metric> metrics();

  /** The metric that determines the best epoch. */
  Metric yardstick();

  /** New, empty counters. */
  Counters counters(int classes);

  /**
   * The sections of the report about an evaluation.
   *
   * @param counted the merged counters of all executors, including details
   */
  List<Section> sections(List<String> classes, Counters counted);

  /**
   * The prediction for one sample, the most probable class first.
   *
   * @param outputs of the network, a row (classes) from {@code offset}
   * @param most the most classes to name; ignored if the task decides this itself
   */
  List<Prediction> predictions(float[] outputs, int offset, int classes, int most);

  /**
   * The probability of each class of one sample.
   *
   * @param outputs of the network, a row (classes) from {@code offset}
   */
  double[] probabilities(float[] outputs, int offset, int classes);

  /**
   * The output of a class, for {@link #probabilities}, that stands for a probability.
   *
   * @param probability from 0 to 1; the output is finite at both ends
   */
  double output(double probability);

  /** The metrics of a validation: the loss, then the task's metrics. */
  default List<Metric> stated() {
    return Stream.concat(Stream.of(Metric.LOSS), metrics().stream()).toList();
  }
}
