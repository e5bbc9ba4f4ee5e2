package org.convoy.metrics;

import java.io.Serializable;
import java.util.List;

/** A class and the probability that a network gives it. */
public record Prediction(int label, double probability) implements Serializable {

  /**
   * The most probable classes of one sample, in order; the lower class number wins ties.
   *
   * @param logits holds the row (classes) from {@code offset}
   * @param count the number of classes to return; all if there are fewer
   */
  public static List<Prediction> top(float[] logits, int offset, int classes, int count) {
    Ranking.checkRow(logits, offset, classes, 0);
    double[] probabilities = softmax(logits, offset, classes);
    return Ranking.top(logits, offset, classes, count).stream()
        .map(label -> new Prediction(label, probabilities[label]))
        .toList();
  }

  /** exp(logit - max) / sum, in float64; finite for any finite logits. */
  public static double[] softmax(float[] logits, int offset, int classes) {
    Ranking.checkRow(logits, offset, classes, 0);
    double max = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      max = Math.max(max, logits[offset + c]);
    }
    double[] probabilities = new double[classes];
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      probabilities[c] = Math.exp(logits[offset + c] - max);
      sum += probabilities[c];
    }
    for (int c = 0; c < classes; c++) {
      probabilities[c] /= sum;
    }
    return probabilities;
  }
}
