package org.convoy.optim;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An exponential moving average of the weights (Polyak and Juditsky 1992, in its exponential form),
 * kept chunk by chunk like optimizer state: {@code average = d * average + (1 - d) * parameter},
 * each product and the sum rounded to float32. The average starts as a copy of the parameters.
 *
 * @param decay d, in [0, 1)
 * @param decayWarmup whether d starts low and rises: {@code min(decay, (1 + step) / (10 + step))},
 *     as in TensorFlow's ExponentialMovingAverage with {@code num_updates}
 */
public record WeightAverage(double decay, boolean decayWarmup) implements Companion {
  /** Checks the decay. */
  public WeightAverage {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException("decay: expected in [0, 1), got " + decay);
    }
  }

  /**
   * The d of a step.
   *
   * @param step from 0
   */
  public double decayAt(long step) {
    return decayWarmup ? Math.min(decay, (1.0 + step) / (10.0 + step)) : decay;
  }

  /** d and one minus it. */
  @Override
  public float[] factors(long step) {
    double d = decayAt(step);
    return new float[] {(float) d, (float) (1 - d)};
  }

  /**
   * Adds the parameters of one chunk to their average, after the update of {@code step}.
   *
   * @param average (n) dense float32, changed
   * @param parameters (n) dense float32
   * @param step number of the step, from 0
   * @throws IllegalArgumentException if the lengths differ
   */
  @Override
  public void follow(INDArray average, INDArray parameters, long step) {
    float[] factors = factors(step);
    float keep = factors[0];
    float take = factors[1];
    Staged.each(
        "average",
        average,
        parameters,
        false,
        (a, p, count) -> {
          for (int i = 0; i < count; i++) {
            a[i] = keep * a[i] + take * p[i];
          }
        });
  }
}
