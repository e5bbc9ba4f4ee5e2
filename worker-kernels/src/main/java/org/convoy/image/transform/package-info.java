/**
 * From a decoded image to the network's input, by the conventions of torchvision on Pillow: the
 * same crop draws, the same antialiased bilinear filter, the same rounding.
 *
 * <p>{@link org.convoy.image.transform.Preprocessing} says what is done to an image, as plain data
 * that a recipe and a saved model can hold: transforms, each of which decides an {@link
 * org.convoy.image.transform.Edit} for an image, and a normalisation. Edits work with the scratch
 * memory of a {@link org.convoy.image.transform.RasterEditor}.
 *
 * <p>The loader calls in here; recipes and saved models hold the records. The package knows no file
 * formats, batches or threads. It never draws from a generator that is not keyed by seed, epoch and
 * sample.
 */
package org.convoy.image.transform;
