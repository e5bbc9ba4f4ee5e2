package org.convoy.driver.training;

import org.convoy.loss.Targets;

/**
 * What the loss needs of a micro-batch beside the outputs.
 *
 * @param targets of its samples
 * @param weights of its samples
 */
record Supervised(Targets targets, SampleWeights weights) {}
