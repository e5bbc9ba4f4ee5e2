/**
 * Batches of 8-bit pixels in a device's memory, which are cut, scaled, mirrored and normalised
 * there, by Convoy's own kernels ({@code src/main/cuda/pixels.cuh}): the same numbers as in the
 * host's memory.
 *
 * <p>{@link org.convoy.image.device.NvjpegDecoders} lets nvJPEG decode the images of a loader.
 *
 * <p>Training, evaluation and prediction call it. What is done to images, {@code
 * org.convoy.image.transform} says; this package launches kernels.
 */
@NullMarked
package org.convoy.image.device;

import org.jspecify.annotations.NullMarked;
