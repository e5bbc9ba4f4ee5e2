package org.convoy.driver.exchange;

import java.io.Serializable;

/**
 * How executors combine what they have computed. A closed set of plain records; each opens the
 * {@link Combiner} that holds its buffers, and lives in one file with it.
 */
public sealed interface Combination extends Serializable permits SynchronousSum {

  /**
   * Makes ready for training; all ranks together.
   *
   * @param exchange the executors
   * @param microBatches this executor's share of the global batch
   * @param chunks the whole flat vector and its cuts
   */
  Combiner open(Exchange exchange, MicroBatches microBatches, Chunks chunks);

  /**
   * Native bytes that one executor's {@link Combiner} holds, known before it is opened.
   *
   * @param microBatches the executor's share of the global batch
   * @param chunks the whole flat vector and its cuts
   */
  long bytes(MicroBatches microBatches, Chunks chunks);
}
