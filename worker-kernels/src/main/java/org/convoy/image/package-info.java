/**
 * From the bytes of an image file to a normalised float32 batch (n, channels, height, width).
 *
 * <p>{@link org.convoy.image.Preprocessing} says what is done to an image, as plain data that a
 * recipe and a saved model can hold; {@link org.convoy.image.Preprocessor} does it, one per thread;
 * {@link org.convoy.image.BatchLoader} does it ahead of training on its own threads and delivers
 * batches in order. Conventions are those of torchvision on Pillow: the same crop draws, the same
 * antialiased bilinear filter, the same rounding.
 *
 * <p>The training loop, the evaluation and prediction commands call in here. The package knows
 * nothing of networks, kernels, file systems or Spark: bytes come through {@link
 * org.convoy.image.ByteSource}. It never draws from a generator that is not keyed by seed, epoch
 * and sample, and never leaves native memory to the garbage collector.
 */
package org.convoy.image;
