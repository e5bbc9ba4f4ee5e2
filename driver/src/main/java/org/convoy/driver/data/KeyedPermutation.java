package org.convoy.driver.data;

import java.util.function.IntUnaryOperator;
import org.convoy.random.SplitMix64;

/**
 * A permutation of the numbers 0 to count - 1 that is computed and not held: a Feistel network of
 * four rounds over the next even number of bits, walked until it comes back into the range (Black
 * and Rogaway 2002, "Ciphers with arbitrary finite domains", method 2). It depends only on its
 * keys.
 */
final class KeyedPermutation implements IntUnaryOperator {
  private static final int ROUNDS = 4;

  private final int count;
  private final int halfBits;
  private final long key;

  /**
   * @param count at least 2
   */
  KeyedPermutation(int count, long... keys) {
    this.count = count;
    this.halfBits = (Integer.SIZE - Integer.numberOfLeadingZeros(count - 1) + 1) / 2;
    this.key = KeyedShuffle.fold(keys);
  }

  @Override
  public int applyAsInt(int place) {
    long value = place;
    do {
      value = network(value);
    } while (value >= count);
    return (int) value;
  }

  private long network(long value) {
    long mask = (1L << halfBits) - 1;
    long left = value >>> halfBits;
    long right = value & mask;
    for (int round = 0; round < ROUNDS; round++) {
      long mixed = left ^ (SplitMix64.at(key, right << 3 | round) & mask);
      left = right;
      right = mixed;
    }
    return left << halfBits | right;
  }
}
