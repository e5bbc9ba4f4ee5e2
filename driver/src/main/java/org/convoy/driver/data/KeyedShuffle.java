package org.convoy.driver.data;

import org.convoy.random.SplitMix64;

/**
 * Shuffles whose result depends only on their keys.
 *
 * <p>The random numbers come from {@link SplitMix64}, started from the keys.
 */
final class KeyedShuffle {
  private final long key;
  private long counter;

  /** A separate shuffle for each combination of keys: seed, purpose, epoch, part. */
  KeyedShuffle(long... keys) {
    this.key = fold(keys);
  }

  /** One key of many. */
  static long fold(long... keys) {
    long folded = 0;
    for (long each : keys) {
      folded = SplitMix64.at(folded + SplitMix64.mix(each), 0);
    }
    return folded;
  }

  /** Passes over numbers as if they were drawn. */
  void skip(long numbers) {
    counter += numbers;
  }

  /** Fisher-Yates over values[from..to). */
  void shuffle(int[] values, int from, int to) {
    for (int i = to - 1; i > from; i--) {
      int other = from + below(i - from + 1);
      int held = values[i];
      values[i] = values[other];
      values[other] = held;
    }
  }

  /**
   * The next number in 0..bound-1, by multiplication of 63 random bits; its bias is below bound /
   * 2^63.
   */
  private int below(int bound) {
    long bits = SplitMix64.at(key, counter++) >>> 1;
    return (int) Math.multiplyHigh(bits, (long) bound << 1);
  }
}
