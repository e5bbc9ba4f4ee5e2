/**
 * A saved model in use: images in, classes and their probabilities out.
 *
 * <p>{@link org.convoy.inference.ConvoyModel} is the class for programs without Spark. {@link
 * org.convoy.inference.ScoredImages} is a series of batches that are decoded while others are
 * computed. {@link org.convoy.inference.ModelParts} makes values of what a saved model's files say.
 *
 * <p>Called by other programs, by {@code org.convoy.driver} and by {@code org.convoy.ml}. It never
 * changes weights.
 */
package org.convoy.inference;
