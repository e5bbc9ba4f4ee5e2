/**
 * The one generator that all random numbers come from, as a function of a start and a position.
 *
 * <p>What is drawn for networks ({@code graph.Draws}), for images ({@code
 * image.transform.CounterRandom}) and for the order of samples (the driver's {@code KeyedShuffle})
 * calls in here; each makes its start of a seed and a purpose. Nothing here keeps a state.
 */
package org.convoy.random;
