package org.convoy.driver.exchange.sums;

import java.io.Serializable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How executors combine what they have computed. A closed set of plain records; each opens the
 * {@link Combiner} that does the work, and lives in one file with it.
 *
 * <p>Whatever the combination, the number of executors is not part of the result: what it sums is
 * summed in the order of a {@link SumTree}, and what it keeps belongs to chunks or to groups of
 * micro-batches, which the recipe fixes, never to ranks.
 */
public sealed interface Combination extends Serializable
    permits SynchronousSum, ParameterAveraging {

  /**
   * Makes ready for training; all ranks together.
   *
   * @param exchange the executors
   * @param microBatches this executor's share of the global batch
   * @param layout what lies where in the vectors
   * @param parameters this executor's vector of parameters, the same on all ranks; the caller's
   * @param gradient where backward leaves a micro-batch's gradient and moments; the caller's, but
   *     scratch memory for the combiner between micro-batches
   */
  Combiner open(
      Exchange exchange,
      MicroBatches microBatches,
      VectorLayout layout,
      INDArray parameters,
      INDArray gradient);

  /**
   * Native bytes that one executor's {@link Combiner} holds at most, known before it is opened.
   *
   * @param microBatches the executor's share of the global batch
   * @param executors W
   */
  long bytes(MicroBatches microBatches, int executors, VectorLayout layout);

  /**
   * Parameters that one executor updates, all its copies together: an optimizer keeps state for so
   * many.
   *
   * @param microBatches the executor's share of the global batch
   * @param executors W
   */
  long updated(MicroBatches microBatches, int executors, VectorLayout layout);
}
