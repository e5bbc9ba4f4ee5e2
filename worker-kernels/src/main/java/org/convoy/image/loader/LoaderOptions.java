package org.convoy.image.loader;

/**
 * How a {@link BatchLoader} works; none of it changes what it delivers, but for {@code
 * batchCapacity} and {@code onBadImage}.
 *
 * @param batchCapacity images a buffer holds; a batch may have fewer
 * @param threads that read and decode
 * @param batchesAhead batches decoded or being decoded beyond the one the consumer holds
 * @param onBadImage what to do with an image that does not decode
 * @param decodingBytes memory, native and on the Java heap together, that images take at most while
 *     they are decoded and transformed, all threads together. An image that alone takes more is
 *     decoded while no other is, and then takes what it takes: a JPEG three bytes of each pixel
 *     twice, a progressive one six more, a WebP fourteen.
 */
public record LoaderOptions(
    int batchCapacity, int threads, int batchesAhead, OnBadImage onBadImage, long decodingBytes) {
  private static final long FIRST_IMAGES = 128L << 20;
  private static final long IMAGES_OF_A_THREAD = 32L << 20;

  /** With memory for a large photograph, and some for each thread. */
  public LoaderOptions(int batchCapacity, int threads, int batchesAhead, OnBadImage onBadImage) {
    this(batchCapacity, threads, batchesAhead, onBadImage, decodingBytes(threads));
  }

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
    if (decodingBytes < 1) {
      throw new IllegalArgumentException(
          "expected memory of at least 1 byte for decoding, got " + decodingBytes);
    }
  }

  /** What so many threads decode in, unless they are told otherwise: 128 MiB and 32 MiB each. */
  public static long decodingBytes(int threads) {
    return FIRST_IMAGES + IMAGES_OF_A_THREAD * threads;
  }
}
