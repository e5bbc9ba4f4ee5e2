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
      INDArray gradient) {
    PartialSums sums = new PartialSums(microBatches, layout.trained(), format(), gradient);
    return new SumCombiner(sums, Optional.empty(), exchange, layout, parameters, gradient);
  }

  @Override
  default long bytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SumCombiner.bytes(format(), microBatches, executors, layout);
  }

  @Override
  default long stateBytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SumCombiner.stateBytes(format(), executors, layout);
  }

  @Override
  default long updated(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SumCombiner.updated(executors, layout);
  }

  @Override
  default Load load(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SumCombiner.load(format(), microBatches, executors, layout);
  }
}
