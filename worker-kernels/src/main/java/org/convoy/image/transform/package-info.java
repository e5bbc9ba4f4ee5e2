/**
 * Turns a decoded image into the network's input, by the conventions of torchvision on Pillow: the
 * same crop draws, the same antialiased bilinear filter, the same rounding.
 *
 * <p>{@link org.convoy.image.transform.Preprocessing} states the steps for an image, as plain data
 * that a recipe and a saved model can hold: transforms and a normalisation. Each transform decides
 * on an {@link org.convoy.image.transform.Edit} for an image. Edits use the scratch memory of a
 * {@link org.convoy.image.transform.RasterEditor}.
 *
 * <p>The loader calls this package; recipes and saved models hold its records. It does not know
 * file formats, batches or threads. All its random generators are keyed by seed, epoch and sample.
 */
package org.convoy.image.transform;
