/**
 * Counters of a run: top-k hits, the confusion matrix, mean losses. Also the probabilities of a
 * prediction.
 *
 * <p>Each counter can be merged with another of its kind (an empty one changes nothing). Executors
 * exchange counters as plain arrays. Executors, the validation and the report call in here.
 * Counters of whole numbers merge in any order; {@link org.convoy.metrics.MeanMeter} adds
 * floating-point numbers, so merge it in a fixed order. Nothing here is safe for several threads at
 * once.
 */
package org.convoy.metrics;
