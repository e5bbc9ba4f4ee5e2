package org.convoy.driver.training;

import org.convoy.driver.exchange.sums.StepForecast.Network;

/**
 * What a forecast has to know of a cluster.
 *
 * @param network each executor's connection
 * @param bytesPerImage of a stored image; 0: reading is not counted
 */
public record NetworkOutline(Network network, double bytesPerImage) {}
