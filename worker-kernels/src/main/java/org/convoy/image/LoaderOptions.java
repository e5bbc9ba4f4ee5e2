package org.convoy.image;

/**
 * How a {@link BatchLoader} works; none of it changes what it delivers, but for {@code
 * batchCapacity} and {@code onBadImage}.
 *
 * @param batchCapacity images a buffer holds; a batch may have fewer
 * @param threads that read and decode
 * @param batchesAhead batches decoded or being decoded beyond the one the consumer holds
 * @param onBadImage what to do with an image that does not decode
 */
public record LoaderOptions(
    int batchCapacity, int threads, int batchesAhead, OnBadImage onBadImage) {

  public LoaderOptions {
    if (batchCapacity < 1 || threads < 1 || batchesAhead < 1) {
      throw new IllegalArgumentException(
          "expected batch capacity, threads and batches ahead of at least 1, got "
              + batchCapacity
              + ", "
              + threads
              + ", "
              + batchesAhead);
    }
  }
}
