package org.convoy.driver.training;

import java.util.Map;
import java.util.Optional;
import org.convoy.driver.checkpoint.StateKey;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One executor's part of what a checkpoint holds.
 *
 * @param step the number of steps done since the run's beginning
 * @param parameters the flat vector, if this executor writes it
 * @param best the weights of the best epoch, if this executor writes them
 * @param owned (chunk length) float32 by key, the state that this executor writes
 */
record RunState(
    long step,
    Optional<INDArray> parameters,
    Optional<INDArray> best,
    Map<StateKey, INDArray> owned) {}
