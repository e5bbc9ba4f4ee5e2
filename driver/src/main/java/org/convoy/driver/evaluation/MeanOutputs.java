package org.convoy.driver.evaluation;

import java.util.Arrays;
import org.convoy.task.Task;

/** The outputs whose probabilities are the means of those of several views. */
final class MeanOutputs {
  private final Task task;
  private final int classes;
  private final double[] sums;
  private double weights;

  MeanOutputs(Task task, int batch, int classes) {
    this.task = task;
    this.classes = classes;
    this.sums = new double[batch * classes];
  }

  /** Begins a batch. */
  void begin() {
    Arrays.fill(sums, 0);
    weights = 0;
  }

  /**
   * Adds a view of all images of the batch.
   *
   * @param outputs of the network, (batch, classes)
   * @param weight of the view in the mean
   */
  void add(float[] outputs, double weight) {
    weights += weight;
    for (int from = 0; from < sums.length; from += classes) {
      double[] probabilities = task.probabilities(outputs, from, classes);
      for (int c = 0; c < classes; c++) {
        sums[from + c] += weight * probabilities[c];
      }
    }
  }

  /**
   * Ends a batch.
   *
   * @param outputs receives the outputs that stand for the means
   */
  void end(float[] outputs) {
    for (int i = 0; i < sums.length; i++) {
      outputs[i] = (float) task.output(sums[i] / weights);
    }
  }
}
