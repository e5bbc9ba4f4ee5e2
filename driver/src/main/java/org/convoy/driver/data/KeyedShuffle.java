package org.convoy.driver.data;

/**
 * Shuffles whose outcome is a pure function of their keys.
 *
 * <p>The numbers are SplitMix64's: draw number c under key k is mix(k + (c + 1) * golden), so any
 * draw can be made without those before it, on any machine, with the same result. Source: Steele,
 * Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, figure 17 with David
 * Stafford's variant 13 of the finaliser.
 */
final class KeyedShuffle {

  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private final long key;
  private long counter;

  /** A shuffle of its own for each combination of keys: seed, purpose, epoch, part. */
  KeyedShuffle(long... keys) {
    long folded = 0;
    for (long each : keys) {
      folded = mix(folded + GOLDEN + mix(each));
    }
    this.key = folded;
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
    long bits = mix(key + ++counter * GOLDEN) >>> 1;
    return (int) Math.multiplyHigh(bits, (long) bound << 1);
  }

  static long mix(long value) {
    long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
