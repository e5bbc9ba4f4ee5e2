package org.convoy.driver.exchange.sums;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Synchronous descent; bfloat16 is sent, half the bytes of {@link SynchronousSum}. Every node of
 * the {@link SumTree} is rounded to bfloat16, the gradients of micro-batches included, so the
 * number of executors does not change the sum. The owner of a chunk keeps its parameters in float32
 * and sends them rounded once. The network computes with the rounded parameters; the float32
 * parameters are evaluated and saved.
 */
public record Bfloat16Sum() implements Combination {

  private static final long serialVersionUID = 1;

  @Override
  public Combiner open(
      Exchange exchange,
      MicroBatches microBatches,
      VectorLayout layout,
      INDArray parameters,
      INDArray gradient) {
    return new SumCombiner(
        WireFormat.BFLOAT16, exchange, microBatches, layout, parameters, gradient);
  }

  @Override
  public long bytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SumCombiner.bytes(WireFormat.BFLOAT16, microBatches, executors, layout);
  }

  @Override
  public long updated(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SumCombiner.updated(executors, layout);
  }

  @Override
  public Load load(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SumCombiner.load(WireFormat.BFLOAT16, microBatches, executors, layout);
  }
}
