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
 * What a network is trained for.
 *
 * <p>A recipe names one by the record's name: {@code task { name = classification }}. To add one,
 * add a record in a file of its own, its name in the {@code permits} clause, and its defaults in
 * the driver's {@code convoy-reference.conf}.
 */
public sealed interface Task extends Serializable permits Classification, MultiLabel {

  /** The column that holds the targets. */
  Column column();

  /** The file beside the images that the column is read from; empty where folders tell it. */
  default Optional<String> targetFile() {
    return Optional.empty();
  }

  /** What keeps a loss from fitting: what was expected and what was got; empty if it fits. */
  Optional<String> refusal(Loss loss);

  /**
   * A batch's targets for the loss.
   *
   * @param samples of the batch, in order; places of the batch beyond them do not count
   * @param rows (batch, classes) float32, which may be filled and used
   */
  Targets targets(List<Target> samples, INDArray rows);

  /** What an evaluation states beside the loss, in order. */
  List<Metric> metrics();

  /** The metric that says which epoch is best. */
  Metric yardstick();

  /** Counters that have counted nothing. */
  Counters counters(int classes);

  /**
   * What the report shows of an evaluation.
   *
   * @param counted everybody's counters, details included
   */
  List<Section> sections(List<String> classes, Counters counted);

  /**
   * What a prediction says of one sample, the surest class first.
   *
   * @param outputs of the network, a row (classes) from {@code offset}
   * @param most how many classes to name, where the task does not say it itself
   */
  List<Prediction> predictions(float[] outputs, int offset, int classes, int most);

  /** What validation states: the loss, then the task's metrics. */
  default List<Metric> stated() {
    return Stream.concat(Stream.of(Metric.LOSS), metrics().stream()).toList();
  }
}
