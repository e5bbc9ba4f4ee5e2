package org.convoy.driver.exchange.sums;

import java.util.function.IntConsumer;

/** Reports each chunk as soon as all its elements are finished, in whatever ranges they come. */
final class FinishedChunks {

  private final Chunks chunks;
  private final int[] missing;

  FinishedChunks(Chunks chunks) {
    this.chunks = chunks;
    this.missing = new int[chunks.count()];
    reset();
  }

  /** Marks all elements as unfinished. */
  void reset() {
    for (int chunk = 0; chunk < missing.length; chunk++) {
      missing[chunk] = chunks.length(chunk);
    }
  }

  /**
   * Marks elements {@code [from, to)} as finished. Elements outside the chunks are ignored.
   *
   * @param whole is called with each chunk that is now finished, from the last to the first
   * @throws IllegalStateException if some of them were finished before
   */
  void finished(long from, long to, IntConsumer whole) {
    if (from >= to) {
      return;
    }
    int first = chunks.following(from);
    for (int chunk = chunks.following(to); chunk >= first; chunk--) {
      if (chunk == chunks.count() || chunks.start(chunk) >= to) {
        continue;
      }
      long start = chunks.start(chunk);
      long end = start + chunks.length(chunk);
      missing[chunk] -= Math.toIntExact(Math.min(to, end) - Math.max(from, start));
      if (missing[chunk] < 0) {
        throw new IllegalStateException(
            "elements of " + from + " to " + to + " are finished for the second time");
      }
      if (missing[chunk] == 0) {
        whole.accept(chunk);
      }
    }
  }

  /** Marks all remaining elements as finished. */
  void rest(IntConsumer whole) {
    for (int chunk = missing.length - 1; chunk >= 0; chunk--) {
      if (missing[chunk] > 0) {
        missing[chunk] = 0;
        whole.accept(chunk);
      }
    }
  }
}
