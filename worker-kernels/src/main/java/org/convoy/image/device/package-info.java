/**
 * Batches of 8-bit pixels in a device's memory, which become a network's input there, by Convoy's
 * own kernels ({@code src/main/cuda/pixels.cuh}): the same numbers as in the host's memory.
 *
 * <p>The training loop of an executor calls it. What is done to images, {@code
 * org.convoy.image.transform} says; this package launches kernels.
 */
@NullMarked
package org.convoy.image.device;

import org.jspecify.annotations.NullMarked;
