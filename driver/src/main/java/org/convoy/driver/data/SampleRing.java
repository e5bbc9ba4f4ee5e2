package org.convoy.driver.data;

import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Some samples on a ring, which is shuffled once from the seed. Each epoch goes on where the epoch
 * before ended. So all samples are taken equally often: at any time, two differ by one at most.
 */
final class SampleRing {
  /** A ring of more samples is not held in memory; its order is a {@link KeyedPermutation}. */
  private static final int MOST_HELD = 1 << 24;

  private final int length;
  private final IntUnaryOperator samples;

  private SampleRing(int length, IntUnaryOperator samples) {
    this.length = length;
    this.samples = samples;
  }

  /**
   * A ring of some samples.
   *
   * @param samples are shuffled and kept
   * @param keys of the shuffle
   */
  static SampleRing of(int[] samples, long... keys) {
    new KeyedShuffle(keys).shuffle(samples, 0, samples.length);
    return new SampleRing(samples.length, place -> samples[place]);
  }

  /** A ring of the samples 0 to {@code count - 1}. */
  static SampleRing ofAll(int count, long... keys) {
    return count <= MOST_HELD
        ? of(IntStream.range(0, count).toArray(), keys)
        : new SampleRing(count, new KeyedPermutation(count, keys));
  }

  /**
   * The next samples of an epoch.
   *
   * @param epoch from 0
   * @param places how many each epoch takes, at most the number of samples
   */
  IntStream next(int epoch, int places) {
    long start = (long) epoch * places % length;
    return IntStream.range(0, places).map(i -> samples.applyAsInt((int) ((start + i) % length)));
  }

  /**
   * Adds how often an epoch takes each sample.
   *
   * @param epoch from 0
   * @param places how many each epoch takes, any number
   * @param times by sample
   */
  void count(int epoch, int places, int[] times) {
    int whole = places / length;
    if (whole > 0) {
      IntStream.range(0, length).map(samples).forEach(sample -> times[sample] += whole);
    }
    next(epoch, places % length).forEach(sample -> times[sample]++);
  }
}
