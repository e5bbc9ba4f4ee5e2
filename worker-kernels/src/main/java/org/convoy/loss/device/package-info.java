/**
 * Losses in a device's memory, by Convoy's own kernels ({@code src/main/cuda/losses.cuh}): the same
 * bytes as in the host's memory, as far as the device rounds as IEEE 754 says.
 *
 * <p>The training loop of an executor calls it. What a formula is, and its numbers, {@code
 * org.convoy.loss} says; this package knows where outputs and targets lie and launches kernels.
 */
@NullMarked
package org.convoy.loss.device;

import org.jspecify.annotations.NullMarked;
