/**
 * What a run counts: top-k hits, the confusion matrix, mean losses, and the probabilities of a
 * prediction.
 *
 * <p>Each counter can be merged with another of its kind (an empty one changes nothing) and travels
 * between executors as a plain array. Executors, the validation and the report call in here.
 * Counters of whole numbers merge in any order; {@link org.convoy.metrics.MeanMeter} adds
 * floating-point numbers, so merge it in a fixed order. Nothing here is safe for several threads at
 * once.
 */
package org.convoy.metrics;
