package org.convoy.driver.exchange.sums;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Synchronous descent; float32 is sent. In every step the gradients of all M micro-batches are
 * added in the order of the {@link SumTree}, each executor updates the chunks that it owns, and the
 * new parameters are sent to all. All ranks hold the same bytes after every step.
 */
public record SynchronousSum() implements Combination {

  private static final long serialVersionUID = 1;

  @Override
  public Combiner open(
      Exchange exchange,
      MicroBatches microBatches,
      VectorLayout layout,
      INDArray parameters,
      INDArray gradient) {
    return new SumCombiner(
        WireFormat.FLOAT32, exchange, microBatches, layout, parameters, gradient);
  }

  @Override
  public long bytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SumCombiner.bytes(WireFormat.FLOAT32, microBatches, executors, layout);
  }

  @Override
  public long updated(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SumCombiner.updated(executors, layout);
  }

  @Override
  public Load load(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SumCombiner.load(WireFormat.FLOAT32, microBatches, executors, layout);
  }
}
