package org.convoy.driver.engine;

import org.convoy.graph.Graph;
import org.convoy.optim.Horizon;
import org.convoy.optim.Optimizer;
import org.convoy.optim.Schedule;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A run that an engine is to take.
 *
 * @param engine the recipe's choice with its options
 * @param first the flat vector of initial parameters and running statistics; stays the caller's
 * @param workers the number of executors, each of which trains on one part of a global batch
 * @param partSize the images of a part
 */
public record EngineRun(
    Engine engine,
    Graph graph,
    INDArray first,
    Optimizer optimizer,
    Schedule schedule,
    Horizon horizon,
    long seed,
    int workers,
    int partSize,
    EngineData data) {}
