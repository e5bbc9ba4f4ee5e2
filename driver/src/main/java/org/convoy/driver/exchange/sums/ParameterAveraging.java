package org.convoy.driver.exchange.sums;

import java.util.Optional;
import org.convoy.settings.Checks;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Parameter averaging (McDonald et al. 2010, "Distributed Training Strategies for the Structured
 * Perceptron"; local SGD of Stich 2019): each group of micro-batches trains a copy of the
 * parameters with an optimizer of its own. Every so many steps all copies become their mean.
 *
 * @param everySteps steps from one averaging to the next, at least 1
 * @param averageOptimizerState whether the optimizer's state is averaged with the parameters; if
 *     not, each group keeps its own
 */
public record ParameterAveraging(int everySteps, boolean averageOptimizerState)
    implements Combination {

  private static final long serialVersionUID = 1;

  public ParameterAveraging {
    new Checks().atLeast("every-steps", everySteps, 1).done();
  }

  @Override
  public Combiner open(
      Exchange exchange,
      MicroBatches microBatches,
      VectorLayout layout,
      INDArray parameters,
      INDArray gradient) {
    return new CopiesCombiner(
        steps -> steps % everySteps == 0,
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
