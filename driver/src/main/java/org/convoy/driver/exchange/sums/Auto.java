package org.convoy.driver.exchange.sums;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Chooses between {@link SynchronousSum} and {@link Bfloat16Sum}, the forms that send the whole
 * gradient in each step. The first steps send float32, and are timed. Then bandwidth and latency
 * are measured, a {@link StepForecast} is made for both forms and logged, and the faster form is
 * used from then on. The choice is in the checkpoints, so a run that is continued keeps it.
 *
 * <p>The result depends on the choice. Another run may choose differently.
 */
public record Auto() implements Combination {

  private static final long serialVersionUID = 1;

  @Override
  public Combiner open(
      Exchange exchange,
      MicroBatches microBatches,
      VectorLayout layout,
      INDArray parameters,
      INDArray gradient,
      VectorMemory memory) {
    FormatChoice choice = new FormatChoice(exchange, microBatches, layout);
    PartialSums sums =
        new PartialSums(microBatches, layout.trained(), choice.format(), gradient, memory);
    return new SumCombiner(
        sums, Optional.of(choice), exchange, layout, parameters, gradient, memory);
  }

  @Override
  public long bytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SumCosts.bytes(WireFormat.BFLOAT16, microBatches, executors, layout);
  }

  @Override
  public long vectorBytes(MicroBatches microBatches, VectorLayout layout) {
    return SumCosts.vectorBytes(WireFormat.BFLOAT16, microBatches, layout);
  }

  @Override
  public long stateBytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SumCosts.stateBytes(WireFormat.BFLOAT16, executors, layout) + FormatChoice.STATE_BYTES;
  }

  @Override
  public long updated(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SumCosts.updated(executors, layout);
  }

  @Override
  public Load load(MicroBatches microBatches, int executors, VectorLayout layout) {
    return SumCosts.load(WireFormat.FLOAT32, microBatches, executors, layout);
  }
}
