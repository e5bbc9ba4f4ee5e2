package org.convoy.driver.exchange.sums;

import java.io.Serializable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A method by which executors combine their results. The set of methods is closed, and each is a
 * plain record. It opens the {@link Combiner} that does the work.
 *
 * <p>The number of executors never changes the result. Sums follow the order of a {@link SumTree}.
 * State belongs to chunks or to groups of micro-batches, which the recipe fixes, and never to
 * ranks.
 */
public sealed interface Combination extends Serializable
    permits SummedGradients, Auto, Threshold, TopK, PowerSgd, MeetingCopies {

  /**
   * Prepares for training. All ranks call it together.
   *
   * @param exchange the executors
   * @param microBatches this executor's share of the global batch
   * @param layout the layout of the vectors
   * @param parameters this executor's vector of parameters, the same on all ranks; owned by the
   *     caller
   * @param gradient holds a micro-batch's gradient and moments after backward; owned by the caller,
   *     and scratch memory of the combiner between micro-batches
   * @param memory where vectors are computed with; it has parameters and gradient
   */
  Combiner open(
      Exchange exchange,
      MicroBatches microBatches,
      VectorLayout layout,
      INDArray parameters,
      INDArray gradient,
      VectorMemory memory);

  /** Prepares for training in the host's memory. */
  default Combiner open(
      Exchange exchange,
      MicroBatches microBatches,
      VectorLayout layout,
      INDArray parameters,
      INDArray gradient) {
    return open(exchange, microBatches, layout, parameters, gradient, VectorMemory.HOST);
  }

  /**
   * The most native bytes that one executor's {@link Combiner} holds. Known before it is opened.
   *
   * @param microBatches the executor's share of the global batch
   * @param executors W
   */
  long bytes(MicroBatches microBatches, int executors, VectorLayout layout);

  /**
   * The most bytes that one executor's {@link Combiner} takes of a {@link VectorMemory} that is not
   * the host's.
   *
   * @param microBatches the executor's share of the global batch
   */
  long vectorBytes(MicroBatches microBatches, VectorLayout layout);

  /**
   * The most native bytes of the {@link Combiner#state} that one executor puts into a checkpoint.
   *
   * @param microBatches the executor's share of the global batch
   * @param executors W
   */
  long stateBytes(MicroBatches microBatches, int executors, VectorLayout layout);

  /**
   * The number of parameters that one executor updates, in all its copies together. The optimizer
   * keeps state for as many.
   *
   * @param microBatches the executor's share of the global batch
   * @param executors W
   */
  long updated(MicroBatches microBatches, int executors, VectorLayout layout);

  /**
   * What one executor sends in a step. Where this depends on the run, the last part of it counts.
   *
   * @param microBatches the executor's share of the global batch
   * @param executors W
   */
  Load load(MicroBatches microBatches, int executors, VectorLayout layout);
}
