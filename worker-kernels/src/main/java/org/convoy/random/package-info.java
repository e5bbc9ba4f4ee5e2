/**
 * The only generator of random numbers, as a function of a start and a position.
 *
 * <p>Callers: the draws for networks ({@code graph.Draws}), for images ({@code
 * image.transform.CounterRandom}) and for the order of samples (the driver's {@code KeyedShuffle}).
 * Each derives its start from a seed and a purpose. Nothing here keeps a state.
 */
package org.convoy.random;
