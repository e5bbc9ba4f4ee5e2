package org.convoy.driver.training;

import org.convoy.driver.exchange.sums.Combination;
import org.convoy.driver.exchange.sums.Load;
import org.convoy.driver.exchange.sums.MicroBatches;
import org.convoy.driver.exchange.sums.StepForecast;
import org.convoy.driver.exchange.sums.StepForecast.Network;
import org.convoy.driver.exchange.sums.VectorLayout;

/**
 * What a step costs on any number of executors, where each computes as many micro-batches as here
 * (weak scaling) and has a network connection of its own, without slower parts between. Compute and
 * exchange are as {@link StepForecast} says. Images are read ahead over the same connection, so
 * they cost time only where the connection has more to carry than a step takes. A checkpoint counts
 * as if training waited for it, which is the most that it costs: the first executor writes the
 * parameters, and each its part of the optimizer's state.
 *
 * @param combination how executors combine
 * @param layout of the flat vector
 * @param microBatchesEach of each executor, which are all in one group or each in its own
 * @param groupsEach of each executor; divides the micro-batches
 * @param computeSeconds of an executor's micro-batches and the update
 * @param imageBytes that an executor reads for a step; 0: not counted
 * @param stateBytes of the optimizer for each parameter
 * @param stepsPerCheckpoint steps between two checkpoints
 * @param network an executor's connection
 */
record CostModel(
    Combination combination,
    VectorLayout layout,
    int microBatchesEach,
    int groupsEach,
    double computeSeconds,
    double imageBytes,
    long stateBytes,
    long stepsPerCheckpoint,
    Network network) {

  /** The costs of a step on a number of executors. */
  StepCost on(int executors) {
    MicroBatches range =
        MicroBatches.range(
            0,
            executors,
            Math.multiplyExact(executors, microBatchesEach),
            Math.multiplyExact(executors, groupsEach));
    Load load = combination.load(range, executors, layout);
    StepForecast forecast = new StepForecast(computeSeconds, microBatchesEach, load, network);
    double carried = (imageBytes + load.bytes()) / network.bytesPerSecond();
    double owned = (double) stateBytes * combination.updated(range, executors, layout);
    double saved = (double) Float.BYTES * layout.length() + owned;
    return new StepCost(
        executors,
        computeSeconds,
        forecast.waitSeconds(),
        Math.max(0, carried - forecast.seconds()),
        saved / network.bytesPerSecond() / stepsPerCheckpoint,
        load.bytes());
  }
}
