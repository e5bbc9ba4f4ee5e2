package org.convoy.driver.exchange.sums;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Adds vectors of a {@link VectorMemory} for {@link PartialSums}. Sums have the same bytes wherever
 * they are computed.
 */
public interface Accumulator {

  /**
   * Replaces elements {@code [from, to)} of a vector.
   *
   * @param source may be the same memory
   * @param rounded whether they are rounded to bfloat16
   */
  void take(INDArray target, INDArray source, long from, long to, boolean rounded);

  /**
   * Adds elements {@code [from, to)} to those of another vector.
   *
   * @param rounded whether addends and sums are rounded to bfloat16
   */
  void add(INDArray target, INDArray source, long from, long to, boolean rounded);
}
