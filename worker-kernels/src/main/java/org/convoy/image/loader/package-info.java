/**
 * From the bytes of labelled image files to normalised float32 batches (n, channels, height,
 * width), or to what a device makes them of: {@link org.convoy.image.loader.PixelForm}.
 *
 * <p>{@link org.convoy.image.loader.Preprocessor} makes one sample from one file; each thread has
 * its own. {@link org.convoy.image.loader.BatchLoader} does this ahead of training on its own
 * threads, in bounded memory, and delivers batches in order.
 *
 * <p>Callers: the training loop, and the evaluation and prediction commands. The package does not
 * know networks, kernels, file systems or Spark: bytes come through {@link
 * org.convoy.image.loader.ByteSource}. It frees all native memory itself and never leaves it to the
 * garbage collector.
 */
package org.convoy.image.loader;
