package org.convoy.optim;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Goes through two vectors of equal length, block by block through heap arrays. */
final class Staged {
  private static final int BLOCK = 2048;

  private Staged() {}

  /** What is done with the first {@code count} elements of two staged blocks. */
  @FunctionalInterface
  interface Pair {
    void apply(float[] first, float[] second, int count);
  }

  /**
   * Changes the first vector, and the second one if asked to.
   *
   * @param role of the first vector in messages; the second one are parameters
   * @throws IllegalArgumentException if the lengths differ
   */
  static void each(String role, INDArray first, INDArray second, boolean changesBoth, Pair pair) {
    FloatBuffer to = FloatMemory.of(role, first);
    FloatBuffer from = FloatMemory.of("parameters", second);
    if (to.limit() != from.limit()) {
      throw new IllegalArgumentException(
          role + ": expected " + from.limit() + " elements, got " + to.limit());
    }
    float[] a = new float[Math.min(BLOCK, to.limit())];
    float[] b = new float[a.length];
    for (int start = 0; start < to.limit(); start += BLOCK) {
      int count = Math.min(BLOCK, to.limit() - start);
      to.get(start, a, 0, count);
      from.get(start, b, 0, count);
      pair.apply(a, b, count);
      to.put(start, a, 0, count);
      if (changesBoth) {
        from.put(start, b, 0, count);
      }
    }
  }
}
