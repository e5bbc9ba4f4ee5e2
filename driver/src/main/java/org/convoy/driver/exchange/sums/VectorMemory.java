package org.convoy.driver.exchange.sums;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The memory in which a run computes with its flat vectors: the host's, or that of a device. A
 * device has a copy of each vector. Gradients, their sums and the parameters that an optimizer
 * moves are computed there. What is exchanged, or encoded, crosses: {@link #fetch} brings elements
 * to the host, {@link #send} takes them back. A vector is named by its array on the host.
 */
public interface VectorMemory {

  /** The host's memory: there is nothing to copy. */
  VectorMemory HOST = new HostMemory();

  /** What adds vectors there; empty for the host's memory. */
  Optional<Accumulator> accumulator();

  /** Gives a vector a copy, unless it has one. The copy begins with zeros. */
  void hold(INDArray vector);

  /** Gives up a vector's copy. To be called before the array is closed. */
  void release(INDArray vector);

  /**
   * Begins to bring elements {@code [from, to)} of a vector to the host, once everything before is
   * computed.
   *
   * @return waits until they are there; called once
   */
  Runnable fetch(INDArray vector, long from, long to);

  /**
   * Sends elements {@code [from, to)} of a vector from the host. The array must not change there
   * until a later {@link #fetch} has ended.
   */
  void send(INDArray vector, long from, long to);
}
