package org.convoy.driver.exchange;

import org.nd4j.linalg.api.ndarray.INDArray;

/** One executor's part in a {@link Combination}, step after step. Owns native memory. */
public interface Combiner extends AutoCloseable {

  /** What is done with a gradient once it is known: the optimizer, seen from here. */
  @FunctionalInterface
  interface Update {

    /**
     * Changes the parameters in the chunks that this rank is to update.
     *
     * @param sum the sum of the gradients of {@code count} micro-batches, valid in those chunks
     * @param count the number of micro-batches in the sum
     * @param chunks the cuts of the vector
     * @param rank chunk c is to be updated if {@code c mod owners == rank}
     * @param owners how many executors share the update; 1 where everyone updates all of its own
     *     copy
     */
    void apply(INDArray sum, int count, Chunks chunks, int rank, int owners);
  }

  /** Takes the gradient of this executor's next micro-batch, a vector over all chunks. */
  void add(INDArray gradient);

  /**
   * Ends the step: combines, updates, and leaves the parameters that the next step is to use.
   *
   * @param parameters the flat vector of parameters, the same on all ranks before and after
   *     wherever the combination keeps them so
   * @param update called once, by this thread, before the parameters travel
   */
  void step(INDArray parameters, Update update);

  @Override
  void close();
}
