package org.convoy.optim;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The Euclidean norm of a vector that is spread over executors, and gradient clipping by this norm.
 * Each owner sums the squares of its chunks in double; the sums of all chunks are gathered and
 * added in chunk order. The chunks are fixed, so the norm has the same bits for any number of
 * executors.
 */
public final class GlobalNorm {
  private static final int BLOCK = 2048;
  private static final int LANES = 8;

  private GlobalNorm() {}

  /**
   * The sum of the squares of one chunk, always added in the same order: first eight interleaved
   * partial sums, then their total.
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
      addSquares(block, count, lanes);
    }
    double sum = 0;
    for (double lane : lanes) {
      sum += lane;
    }
    return sum;
  }

  /** Adds the square of element i to lane {@code i mod 8}; the sums stay in registers. */
  private static void addSquares(float[] block, int count, double[] lanes) {
    double l0 = lanes[0];
    double l1 = lanes[1];
    double l2 = lanes[2];
    double l3 = lanes[3];
    double l4 = lanes[4];
    double l5 = lanes[5];
    double l6 = lanes[6];
    double l7 = lanes[7];
    int whole = count - count % LANES;
    for (int i = 0; i < whole; i += LANES) {
      l0 += (double) block[i] * block[i];
      l1 += (double) block[i + 1] * block[i + 1];
      l2 += (double) block[i + 2] * block[i + 2];
      l3 += (double) block[i + 3] * block[i + 3];
      l4 += (double) block[i + 4] * block[i + 4];
      l5 += (double) block[i + 5] * block[i + 5];
      l6 += (double) block[i + 6] * block[i + 6];
      l7 += (double) block[i + 7] * block[i + 7];
    }
    double[] sums = {l0, l1, l2, l3, l4, l5, l6, l7};
    System.arraycopy(sums, 0, lanes, 0, LANES);
    for (int i = whole; i < count; i++) {
      lanes[i - whole] += (double) block[i] * block[i];
    }
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
   * The factor for gradients that makes their norm at most {@code maxNorm}: {@code min(1, maxNorm /
   * (norm + 1e-6))}, as in {@code torch.nn.utils.clip_grad_norm_}.
   *
   * @param norm norm of the mean gradient; NaN gives NaN
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
