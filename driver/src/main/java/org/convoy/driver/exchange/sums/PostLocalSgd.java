package org.convoy.driver.exchange.sums;

import java.util.Optional;
import org.convoy.settings.Checks;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Post-local SGD (Lin, Stich, Patel, Jaggi 2020, "Don't Use Large Mini-Batches, Use Local SGD"):
 * copies of the parameters as in {@link ParameterAveraging}, which become their mean after every
 * step at first, and after every so many steps later.
 *
 * @param everySteps steps from one averaging to the next in the second phase, at least 1
 * @param afterSteps steps of the first phase
 * @param averageOptimizerState whether the optimizer's state is averaged with the parameters
 */
public record PostLocalSgd(int everySteps, long afterSteps, boolean averageOptimizerState)
    implements Combination {

  private static final long serialVersionUID = 1;

  public PostLocalSgd {
    new Checks().atLeast("every-steps", everySteps, 1).atLeast("after-steps", afterSteps, 0).done();
  }

  private boolean meets(long steps) {
    return steps <= afterSteps || (steps - afterSteps) % everySteps == 0;
  }

  @Override
  public Combiner open(
      Exchange exchange,
      MicroBatches microBatches,
      VectorLayout layout,
      INDArray parameters,
      INDArray gradient) {
    return new CopiesCombiner(
        this::meets,
        averageOptimizerState,
        Optional.empty(),
        exchange,
        microBatches,
        layout,
        parameters,
        gradient);
  }

  @Override
  public long bytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    return CopiesCombiner.bytes(microBatches, executors, layout);
  }

  @Override
  public long updated(MicroBatches microBatches, int executors, VectorLayout layout) {
    return CopiesCombiner.updated(microBatches, layout);
  }

  @Override
  public Load load(MicroBatches microBatches, int executors, VectorLayout layout) {
    return CopiesCombiner.load(everySteps, microBatches, executors, layout);
  }
}
