/**
 * The steps of optimizers, and the first step of sharpness-aware minimisation, in a device's
 * memory, by Convoy's own kernels ({@code src/main/cuda/optimizers.cuh}): the same bytes as in the
 * host's memory, as far as the device rounds as IEEE 754 says.
 *
 * <p>The training loop of an executor calls it. What a formula is, and its numbers, {@code
 * org.convoy.optim} says; this package knows where elements lie and launches kernels.
 */
package org.convoy.optim.device;
