package org.convoy.driver.exchange.sums;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Copies of the parameters, one for each group of micro-batches, that train by themselves and meet
 * at times. The combinations differ in when the copies meet and in what becomes of their mean.
 */
sealed interface MeetingCopies extends Combination
    permits ParameterAveraging, PostLocalSgd, SlowMomentum, Diloco {

  /**
   * The step that is taken when copies meet.
   *
   * @param nesterov whether the momentum is Nesterov's
   */
  record Outer(double rate, double momentum, boolean nesterov) {}

  /** Steps from one meeting to the next, in the last part of a run. */
  int everySteps();

  /**
   * Whether copies meet after a step.
   *
   * @param steps done so far
   */
  default boolean meets(long steps) {
    return steps % everySteps() == 0;
  }

  /** Whether the optimizer's state is averaged with the parameters. */
  default boolean averageOptimizerState() {
    return false;
  }

  /** The outer step; empty: the copies become their mean. */
  default Optional<Outer> outer() {
    return Optional.empty();
  }

  @Override
  default Combiner open(
      Exchange exchange,
      MicroBatches microBatches,
      VectorLayout layout,
      INDArray parameters,
      INDArray gradient,
      VectorMemory memory) {
    return new CopiesCombiner(
        this::meets,
        averageOptimizerState(),
        outer().map(rule -> new OuterStep(rule, exchange, layout, parameters)),
        exchange,
        microBatches,
        layout,
        parameters,
        gradient,
        memory);
  }

  @Override
  default long bytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    return CopiesCosts.bytes(microBatches, executors, layout)
        + (outer().isPresent() ? OuterStep.bytes(executors, layout) : 0);
  }

  @Override
  default long vectorBytes(MicroBatches microBatches, VectorLayout layout) {
    return CopiesCosts.vectorBytes(microBatches, layout);
  }

  @Override
  default long stateBytes(MicroBatches microBatches, int executors, VectorLayout layout) {
    return CopiesCosts.stateBytes(microBatches, layout)
        + (outer().isPresent() ? OuterStep.bytes(executors, layout) : 0);
  }

  @Override
  default long updated(MicroBatches microBatches, int executors, VectorLayout layout) {
    return CopiesCosts.updated(microBatches, layout);
  }

  @Override
  default Load load(MicroBatches microBatches, int executors, VectorLayout layout) {
    return CopiesCosts.load(everySteps(), microBatches, executors, layout);
  }
}
