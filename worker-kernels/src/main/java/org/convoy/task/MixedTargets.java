package org.convoy.task;

import java.nio.FloatBuffer;
import java.util.List;
import org.convoy.loss.Targets;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Targets of samples that are mixtures of two. Each class that holds has a share. */
public final class MixedTargets {
  private MixedTargets() {}

  /**
   * The targets for the loss.
   *
   * @param samples of the batch, in order
   * @param own the share of each sample's own target
   * @param partners the place of each sample's partner, whose target has the rest
   * @param rows (batch, classes) float32, filled and used
   */
  public static Targets of(List<Target> samples, double own, int[] partners, INDArray rows) {
    rows.assign(0);
    FloatBuffer values = rows.data().asNioFloat();
    int classes = Math.toIntExact(rows.size(1));
    for (int i = 0; i < samples.size(); i++) {
      add(values, i * classes, samples.get(i), own);
      add(values, i * classes, samples.get(partners[i]), 1 - own);
    }
    return Targets.dense(rows);
  }

  private static void add(FloatBuffer values, int row, Target target, double share) {
    for (int label : target.classes()) {
      values.put(row + label, (float) (values.get(row + label) + share));
    }
  }
}
