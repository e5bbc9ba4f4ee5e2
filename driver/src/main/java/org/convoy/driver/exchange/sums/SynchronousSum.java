package org.convoy.driver.exchange.sums;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Synchronous descent; float32 is sent. In every step the gradients of all M micro-batches are
 * added in the order of the {@link SumTree}, each executor updates the chunks that it owns, and the
 * new parameters are sent to all. All ranks hold the same bytes after every step.
 */
public record SynchronousSum() implements SummedGradients {

  private static final long serialVersionUID = 1;

  @Override
  public WireFormat format() {
    return WireFormat.FLOAT32;
  }

  /**
   * The same for gradients that are summed elsewhere.
   *
   * @param gradient the memory on the host that belongs to the gradients; holds a micro-batch's
   *     moments when it ends
   */
  public Combiner open(
      Exchange exchange,
      MicroBatches microBatches,
      VectorLayout layout,
      INDArray parameters,
      INDArray gradient,
      Accumulator accumulator) {
    PartialSums sums = new PartialSums(microBatches, layout.trained(), gradient, accumulator);
    return new SumCombiner(sums, Optional.empty(), exchange, layout, parameters, gradient);
  }
}
