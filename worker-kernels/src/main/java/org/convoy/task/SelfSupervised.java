package org.convoy.task;

import java.util.List;
import org.convoy.metrics.Prediction;

/**
 * Training without labels. Outputs are no classes: nothing is predicted, and the loss alone says
 * how good a network is.
 */
public sealed interface SelfSupervised extends Task permits Contrastive, MaskedAutoencoder {

  @Override
  default boolean labelled() {
    return false;
  }

  @Override
  default Column column() {
    return Column.LABEL;
  }

  @Override
  default List<Metric> metrics() {
    return List.of();
  }

  @Override
  default Metric yardstick() {
    return Metric.LOSS;
  }

  @Override
  default Counters counters(int classes) {
    return new SampleCounters();
  }

  @Override
  default List<Section> sections(List<String> classes, Counters counted) {
    return List.of();
  }

  /** None. */
  @Override
  default List<Prediction> predictions(float[] outputs, int offset, int classes, int most) {
    return List.of();
  }

  /** As {@link Classification#output}. */
  @Override
  default double output(double probability) {
    return new Classification().output(probability);
  }

  /** None. */
  @Override
  default double[] probabilities(float[] outputs, int offset, int classes) {
    return new double[0];
  }
}
