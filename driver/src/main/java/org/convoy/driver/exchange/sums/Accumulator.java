package org.convoy.driver.exchange.sums;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Adds gradients that do not lie in the host's memory, for {@link PartialSums}. It has a vector for
 * each of theirs, with the same numbers at the same places, and is told what they would do. Sums in
 * float32 have the same bytes wherever they are computed.
 */
public interface Accumulator {

  /**
   * Takes floats {@code [from, to)} of a micro-batch's gradient.
   *
   * @param vector which of the vectors takes them
   * @param added whether they are added to what is there; they replace it otherwise
   */
  void take(int vector, boolean added, long from, long to);

  /** Adds floats {@code [from, to)} of a vector to those of the vector before it. */
  void merge(int vector, long from, long to);

  /**
   * Begins to copy floats {@code [from, to)} of a vector to the same places of a vector of the
   * host.
   *
   * @return waits until they are there; called once
   */
  Runnable fetch(int vector, INDArray target, long from, long to);
}
