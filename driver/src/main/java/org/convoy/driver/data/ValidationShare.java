package org.convoy.driver.data;

import java.util.stream.IntStream;

/**
 * One executor's part of the validation samples: a sequence of whole batches. The last batch of the
 * data set may be short. The batches are the same for every number of executors, and each belongs
 * to exactly one executor.
 *
 * @param count samples in the validation split
 * @param batchSize samples per batch
 * @param firstBatch first batch of this share, counted over the whole split
 * @param lastBatch the batch after the last batch of this share
 */
public record ValidationShare(int count, int batchSize, int firstBatch, int lastBatch) {

  /**
   * The share of one executor. Shares differ by at most one batch. With more executors than batches
   * some shares are empty.
   *
   * @param rank 0..executors-1
   */
  public static ValidationShare of(int count, int batchSize, int executors, int rank) {
    if (count < 0 || batchSize < 1 || executors < 1 || rank < 0 || rank >= executors) {
      throw new IllegalArgumentException(
          "expected count >= 0, batch size >= 1, rank in 0..executors-1, got count "
              + count
              + ", batch size "
              + batchSize
              + ", rank "
              + rank
              + ", executors "
              + executors);
    }
    long batches = ((long) count + batchSize - 1) / batchSize;
    return new ValidationShare(
        count,
        batchSize,
        (int) (batches * rank / executors),
        (int) (batches * (rank + 1) / executors));
  }

  /** The number of batches in this share. */
  public int batches() {
    return lastBatch - firstBatch;
  }

  /** The number of samples in this share. */
  public int samples() {
    return (int)
        (Math.min(count, (long) lastBatch * batchSize)
            - Math.min(count, (long) firstBatch * batchSize));
  }

  /**
   * The samples of one batch, in order.
   *
   * @param batch 0..batches()-1
   */
  public int[] batch(int batch) {
    if (batch < 0 || batch >= batches()) {
      throw new IndexOutOfBoundsException(
          "expected a batch in 0.." + (batches() - 1) + ", got " + batch);
    }
    int start = (firstBatch + batch) * batchSize;
    int end = (int) Math.min(count, (long) start + batchSize);
    return IntStream.range(start, end).toArray();
  }
}
