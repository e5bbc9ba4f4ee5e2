package org.convoy.driver.exchange.sums;

import org.convoy.settings.Checks;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * PowerSGD (Vogels, Karimireddy, Jaggi 2019, "PowerSGD: Practical Low-Rank Gradient Compression for
 * Distributed Optimization", algorithm 1): the gradient of each weight matrix is approximated by a
 * product of two thin matrices, which are found by one step of power iteration and summed over
 * groups exactly. Each group keeps the error of the approximation and adds it to its next gradient.
 * The iteration continues where the last step ended (warm start).
 *
 * <p>A weight of more than two dimensions is a matrix of its first dimension by all others.
 * Vectors, and matrices that the factors would not make smaller, are summed as they are.
 *
 * @param rank columns of the thin matrices
 */
public record PowerSgd(int rank) implements Combination {

  private static final long serialVersionUID = 1;

  public PowerSgd {
    new Checks().between("rank", rank, 1, 1024).done();
  }

  @Override
  public Combiner open(
      Exchange exchange,
      MicroBatches microBatches,
      VectorLayout layout,
      INDArray parameters,
      INDArray gradient,
      VectorMemory memory) {
    return new LowRankCombiner(rank, exchange, microBatches, layout, parameters, gradient, memory);
  }

  @Override
  public long bytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    return LowRankCombiner.bytes(rank, microBatches, executors, layout);
  }

  @Override
  public long vectorBytes(MicroBatches microBatches, VectorLayout layout) {
    return GroupSums.bytes(microBatches, layout);
  }

  @Override
  public long stateBytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    return LowRankCombiner.stateBytes(rank, microBatches, layout);
  }

  @Override
  public long updated(MicroBatches microBatches, int executors, VectorLayout layout) {
    return layout.trainedChunks().elements();
  }

  @Override
  public Load load(MicroBatches microBatches, int executors, VectorLayout layout) {
    return LowRankCombiner.load(rank, microBatches, executors, layout);
  }
}
