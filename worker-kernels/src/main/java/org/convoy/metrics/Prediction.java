package org.convoy.metrics;

import java.io.Serializable;
import java.util.List;

/** A class and how probable a network thinks it. */
public record Prediction(int label, double probability) implements Serializable {

  /**
   * The most probable classes of one sample, in order; ties go to the lower class number.
   *
   * @param logits holds the row (classes) from {@code offset}
   * @param count how many to give; all if there are fewer classes
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
