/**
 * From the bytes of labelled image files to normalised float32 batches (n, channels, height,
 * width).
 *
 * <p>{@link org.convoy.image.loader.Preprocessor} makes one sample of one file, one per thread;
 * {@link org.convoy.image.loader.BatchLoader} does it ahead of training on its own threads, in
 * bounded memory, and delivers batches in order.
 *
 * <p>The training loop, the evaluation and prediction commands call in here. The package knows
 * nothing of networks, kernels, file systems or Spark: bytes come through {@link
 * org.convoy.image.loader.ByteSource}. It never leaves native memory to the garbage collector.
 */
package org.convoy.image.loader;
