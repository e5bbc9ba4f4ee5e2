package org.convoy.driver.exchange.sums;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Synchronous descent by sums of all gradients. The combinations differ in what they send. */
sealed interface SummedGradients extends Combination permits SynchronousSum, Bfloat16Sum {

  /** The format in which numbers are sent. */
  WireFormat format();

  @Override
  default Combiner open(
      Exchange exchange,
      MicroBatches microBatches,
      VectorLayout layout,
      INDArray parameters,
      INDArray gradient,
      VectorMemory memory) {
    PartialSums sums = new PartialSums(microBatches, layout.trained(), format(), gradient, memory);
    return new SumCombiner(sums, Optional.empty(), exchange, layout, parameters, gradient, memory);
  }

  @Override
  default long bytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SumCosts.bytes(format(), microBatches, executors, layout);
  }

  @Override
  default long vectorBytes(MicroBatches microBatches, VectorLayout layout) {
    return SumCosts.vectorBytes(format(), microBatches, layout);
  }

  @Override
  default long stateBytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SumCosts.stateBytes(format(), executors, layout);
  }

  @Override
  default long updated(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SumCosts.updated(executors, layout);
  }

  @Override
  default Load load(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SumCosts.load(format(), microBatches, executors, layout);
  }
}
