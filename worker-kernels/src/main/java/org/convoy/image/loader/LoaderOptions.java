package org.convoy.image.loader;

/**
 * Options of a {@link BatchLoader}. Only {@code batchCapacity}, {@code onBadImage} and {@code
 * decoding} change the result.
 *
 * @param batchCapacity images per buffer; a batch may have fewer
 * @param threads number of threads that read and decode
 * @param batchesAhead batches decoded or being decoded beyond the one the consumer holds
 * @param onBadImage what to do with an image that does not decode
 * @param decodingBytes limit on the memory, native and Java heap together, of all images that are
 *     being decoded and transformed, over all threads. An image that needs more is decoded alone
 *     and may exceed the limit: a JPEG takes six bytes per pixel, a progressive JPEG twelve, a WebP
 *     seventeen.
 * @param decoding how JPEGs are decoded for training; for evaluation they are always decoded
 *     exactly
 * @param form what batches hold of pixels
 * @param memory is told of the memory in which batches lie
 * @param jpegs decodes JPEGs for training where {@code decoding} says so
 */
public record LoaderOptions(
    int batchCapacity,
    int threads,
    int batchesAhead,
    OnBadImage onBadImage,
    long decodingBytes,
    Decoding decoding,
    PixelForm form,
    BatchMemory memory,
    JpegDecoders jpegs) {
  private static final long FIRST_IMAGES = 128L << 20;
  private static final long IMAGES_OF_A_THREAD = 32L << 20;

  /** Options with memory for a large photograph, and some more for each thread. */
  public LoaderOptions(int batchCapacity, int threads, int batchesAhead, OnBadImage onBadImage) {
    this(batchCapacity, threads, batchesAhead, onBadImage, decodingBytes(threads));
  }

  /** Options that decode exactly. */
  public LoaderOptions(
      int batchCapacity, int threads, int batchesAhead, OnBadImage onBadImage, long decodingBytes) {
    this(
        batchCapacity,
        threads,
        batchesAhead,
        onBadImage,
        decodingBytes,
        Decoding.EXACT,
        PixelForm.NORMALISED,
        BatchMemory.PLAIN,
        JpegDecoders.HOST);
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

  /** The same options with another way to decode training samples. */
  public LoaderOptions with(Decoding other) {
    return new LoaderOptions(
        batchCapacity,
        threads,
        batchesAhead,
        onBadImage,
        decodingBytes,
        other,
        form,
        memory,
        jpegs);
  }

  /** The same options for batches that hold pixels in this form. */
  public LoaderOptions with(PixelForm other) {
    return new LoaderOptions(
        batchCapacity,
        threads,
        batchesAhead,
        onBadImage,
        decodingBytes,
        decoding,
        other,
        memory,
        jpegs);
  }

  /** The same options for somebody who prepares the memory of batches. */
  public LoaderOptions with(BatchMemory other) {
    return new LoaderOptions(
        batchCapacity,
        threads,
        batchesAhead,
        onBadImage,
        decodingBytes,
        decoding,
        form,
        other,
        jpegs);
  }

  /** The same options with what decodes JPEGs where the decoding is {@link Decoding#NVJPEG}. */
  public LoaderOptions with(JpegDecoders other) {
    return new LoaderOptions(
        batchCapacity,
        threads,
        batchesAhead,
        onBadImage,
        decodingBytes,
        decoding,
        form,
        memory,
        other);
  }

  /** The default limit for this number of threads: 128 MiB, and 32 MiB per thread. */
  public static long decodingBytes(int threads) {
    return FIRST_IMAGES + IMAGES_OF_A_THREAD * threads;
  }
}
