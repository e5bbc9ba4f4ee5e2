package org.convoy.optim;

import java.nio.FloatBuffer;
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
public record WeightAverage(double decay, boolean decayWarmup) {
  private static final int BLOCK = 2048;

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

  /**
   * Adds the parameters of one chunk to their average, after the update of {@code step}.
   *
   * @param average (n) dense float32, changed
   * @param parameters (n) dense float32
   * @param step number of the step, from 0
   * @throws IllegalArgumentException if the lengths differ
   */
  public void update(INDArray average, INDArray parameters, long step) {
    FloatBuffer to = FloatMemory.of("average", average);
    FloatBuffer from = FloatMemory.of("parameters", parameters);
    if (to.limit() != from.limit()) {
      throw new IllegalArgumentException(
          "average: expected " + from.limit() + " elements, got " + to.limit());
    }
    double d = decayAt(step);
    float keep = (float) d;
    float take = (float) (1 - d);
    float[] a = new float[Math.min(BLOCK, to.limit())];
    float[] p = new float[a.length];
    for (int start = 0; start < to.limit(); start += BLOCK) {
      int count = Math.min(BLOCK, to.limit() - start);
      to.get(start, a, 0, count);
      from.get(start, p, 0, count);
      for (int i = 0; i < count; i++) {
        a[i] = keep * a[i] + take * p[i];
      }
      to.put(start, a, 0, count);
    }
  }
}
