package org.convoy.random;

/**
 * Random numbers by position, without a state. Number {@code index} of the stream that starts at
 * {@code start} can be computed without the earlier numbers, on any machine, with the same result.
 * Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, figure
 * 17 with David Stafford's variant 13 of the finaliser.
 */
public final class SplitMix64 {
  /** 2^64 divided by the golden ratio, made odd: the step from one state to the next. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private SplitMix64() {}

  /** 64 random bits: the number at an index of a stream, counted from 0. */
  public static long at(long start, long index) {
    return mix(start + (index + 1) * GOLDEN);
  }

  /**
   * The finaliser: a one-to-one function. Every bit of the result depends on all bits of the value.
   */
  public static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
