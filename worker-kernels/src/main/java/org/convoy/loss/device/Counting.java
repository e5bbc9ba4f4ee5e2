package org.convoy.loss.device;

import java.util.Arrays;
import java.util.Locale;
import org.convoy.loss.Consistency;
import org.convoy.loss.Loss;
import org.convoy.loss.NtXent;
import org.convoy.loss.Targets;
import org.convoy.settings.Variants;

/**
 * Which samples of a batch count, and for how much.
 *
 * @param weights of the samples; 0: it does not count
 * @param shares the factors of the samples' gradients
 * @param counted the sum of the weights
 */
@SuppressWarnings("ArrayRecordComponent") // It is made for one step and never compared.
record Counting(float[] weights, double[] shares, double counted) {

  /** Of samples that count by their weights. */
  static Counting of(float[] weights) {
    double counted = Loss.counted(weights);
    double[] shares = new double[weights.length];
    for (int n = 0; n < shares.length; n++) {
      shares[n] = weights[n] == 0 ? 0 : weights[n] / counted;
    }
    return new Counting(weights, shares, counted);
  }

  /**
   * Of a batch for a loss.
   *
   * @throws IllegalArgumentException as {@link Loss#evaluate} says
   */
  static Counting of(Loss loss, OutputLayout layout, Targets targets, float[] weights) {
    layout.requireBatch(weights);
    if (loss instanceof NtXent pairs) {
      requireViews(loss, layout, targets, targets instanceof Targets.Pairs);
      return new Counting(weights, pairs(weights, pairs.temperature()), Loss.counted(weights));
    }
    float[] own = weights;
    if (loss instanceof Consistency) {
      requireViews(loss, layout, targets, targets instanceof Targets.Classes);
      own = weights.clone();
      Arrays.fill(own, own.length / loss.views(), own.length, 0);
    }
    check(loss, layout, targets, own);
    return of(own);
  }

  private static void check(Loss loss, OutputLayout layout, Targets targets, float[] weights) {
    if (targets instanceof Targets.Classes classes) {
      if (!loss.takesClasses()) {
        throw new IllegalArgumentException(
            Variants.name(loss.getClass()) + ": expected dense targets, got classes");
      }
      classes.check(layout.batch(), layout.classes(), layout.positions(), weights);
    } else if (targets instanceof Targets.Dense dense) {
      layout.requireOutputs("targets", dense.values());
    } else {
      throw new IllegalArgumentException("targets: expected a target of each sample, got pairs");
    }
  }

  private static void requireViews(Loss loss, OutputLayout layout, Targets targets, boolean kind) {
    if (!kind || layout.batch() % loss.views() != 0 || layout.positions() != 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: expected %d views of each image and outputs of one position, got %s, %d samples and %d positions",
              Variants.name(loss.getClass()),
              loss.views(),
              targets,
              layout.batch(),
              layout.positions()));
    }
  }

  /** The factor of the gradient of both views of an image, if both count. */
  private static double[] pairs(float[] weights, double temperature) {
    int images = weights.length / 2;
    boolean[] both = new boolean[weights.length];
    int count = 0;
    for (int i = 0; i < images; i++) {
      if (weights[i] > 0 && weights[i + images] > 0) {
        both[i] = true;
        both[i + images] = true;
        count += 2;
      }
    }
    double[] shares = new double[weights.length];
    for (int n = 0; n < shares.length; n++) {
      shares[n] = both[n] ? 1 / (temperature * count) : 0;
    }
    return shares;
  }
}
