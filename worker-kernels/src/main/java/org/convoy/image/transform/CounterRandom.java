package org.convoy.image.transform;

import org.convoy.random.SplitMix64;

/**
 * A random stream that depends only on its key and on the number of values drawn before: {@link
 * SplitMix64} from the key. The key is a hash of the stream's purpose. So a sample's augmentation
 * does not depend on the executor, the thread or the order.
 *
 * <p>Not safe for several threads. Derive one stream for each use instead; this costs one object.
 */
public final class CounterRandom {
  private final long key;

  /** The key of the same stream without the epoch. */
  private final long lasting;

  private final int epoch;
  private long drawn;

  private CounterRandom(long key, long lasting, int epoch) {
    this.key = key;
    this.lasting = lasting;
    this.epoch = epoch;
  }

  /** The stream of a seed. */
  public static CounterRandom ofSeed(long seed) {
    long key = SplitMix64.at(seed, 0);
    return new CounterRandom(key, key, 0);
  }

  /** The stream for one sample in one epoch of a run. */
  public static CounterRandom forSample(long seed, int epoch, long sampleId) {
    long key = SplitMix64.at(seed, 0);
    return new CounterRandom(split(split(key, epoch), sampleId), split(key, sampleId), epoch);
  }

  /**
   * A separate stream for one purpose. It depends only on this stream's key and the purpose, not on
   * earlier draws from this stream.
   */
  public CounterRandom split(long purpose) {
    return new CounterRandom(split(key, purpose), split(lasting, purpose), epoch);
  }

  private static long split(long key, long purpose) {
    return SplitMix64.mix(SplitMix64.mix(key ^ 0xD1B54A32D192ED03L) + SplitMix64.at(purpose, 0));
  }

  /**
   * True in every second epoch of this sample, in the even or in the odd ones at random. It draws
   * nothing.
   */
  public boolean alternates() {
    return (SplitMix64.at(lasting, 0) < 0) == (epoch % 2 == 0);
  }

  /** 64 random bits. */
  public long nextLong() {
    return SplitMix64.at(key, drawn++);
  }

  /** Uniform over [0, 1), 53 bits. */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** Uniform over [low, high). */
  public double uniform(double low, double high) {
    return low + (high - low) * nextDouble();
  }

  /** Standard normal, by Box and Muller 1958. */
  public double nextNormal() {
    double radius = Math.sqrt(-2 * StrictMath.log(1 - nextDouble()));
    return radius * StrictMath.cos(2 * StrictMath.PI * nextDouble());
  }

  /**
   * Uniform over 0 .. bound - 1 (by multiplication; the bias is below bound / 2^64).
   *
   * @throws IllegalArgumentException if bound is not positive
   */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("expected a positive bound, got " + bound);
    }
    long high = nextLong() >>> 1;
    return (int) Math.multiplyHigh(high, 2L * bound);
  }

  /** True with the given probability: never at 0, always at 1. */
  public boolean chance(double probability) {
    return nextDouble() < probability;
  }
}
