package org.convoy.optim;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The Euclidean norm of a vector that is spread over executors, and clipping by it. Each owner sums
 * the squares of its chunks in double; the sums of all chunks are gathered and added in chunk
 * order. The chunks are fixed, so the norm has the same bits for any number of executors.
 */
public final class GlobalNorm {
  private static final int BLOCK = 2048;
  private static final int LANES = 8;

  private GlobalNorm() {}

  /**
   * The sum of the squares of one chunk, always added in the same order: eight interleaved partial
   * sums, then those.
   *
   * @param chunk (n) dense float32
   */
  public static double sumOfSquares(INDArray chunk) {
    return sumOfSquares(FloatMemory.of("chunk", chunk));
  }

  static double sumOfSquares(FloatBuffer values) {
    float[] block = new float[BLOCK];
    double[] lanes = new double[LANES];
    for (int start = 0; start < values.limit(); start += BLOCK) {
      int count = Math.min(BLOCK, values.limit() - start);
      values.get(start, block, 0, count);
      for (int i = 0; i < count; i++) {
        lanes[i % LANES] += (double) block[i] * block[i];
      }
    }
    double sum = 0;
    for (double lane : lanes) {
      sum += lane;
    }
    return sum;
  }

  /**
   * The norm of the whole vector.
   *
   * @param chunkSums what {@link #sumOfSquares} gave for every chunk, in chunk order
   */
  public static double of(double[] chunkSums) {
    double sum = 0;
    for (double chunk : chunkSums) {
      sum += chunk;
    }
    return Math.sqrt(sum);
  }

  /**
   * What gradients are multiplied by so that their norm is at most {@code maxNorm}: {@code min(1,
   * maxNorm / (norm + 1e-6))}, as {@code torch.nn.utils.clip_grad_norm_} has it.
   *
   * @param norm of the mean gradient; NaN gives NaN
   * @param maxNorm greater than 0
   */
  public static double clipFactor(double norm, double maxNorm) {
    if (!(maxNorm > 0)) {
      throw new IllegalArgumentException("maximum norm: expected above 0, got " + maxNorm);
    }
    return Math.min(1, maxNorm / (norm + 1e-6));
  }

  /**
   * The {@link StepSettings#gradientScale} for gradients that are sums over micro-batches: {@code 1
   * / microBatches} times the clip factor for the norm of their mean.
   *
   * @param sumNorm norm of the summed gradient
   * @param microBatches how many were summed
   * @param maxNorm the limit on the norm of the mean
   */
  public static double clippedScale(double sumNorm, int microBatches, double maxNorm) {
    double mean = 1.0 / microBatches;
    return mean * clipFactor(sumNorm * mean, maxNorm);
  }
}
