package org.convoy.optim;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Flat vectors for the tests of this package. */
final class Vectors {
  private Vectors() {}

  static INDArray of(float... values) {
    return Nd4j.createFromArray(values);
  }

  /** Values in [-1, 1) that follow from seed and index alone (the finaliser of SplitMix64). */
  static INDArray drawn(long seed, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      long z = seed * 0x9E3779B97F4A7C15L + i * 0xD1B54A32D192ED03L;
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      values[i] = (float) ((z ^ (z >>> 31)) >> 40) / (1 << 23);
    }
    return of(values);
  }

  static INDArray view(INDArray flat, long from, long to) {
    return flat.get(NDArrayIndex.interval(from, to));
  }
}
