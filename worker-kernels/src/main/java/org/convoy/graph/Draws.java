package org.convoy.graph;

import java.nio.charset.StandardCharsets;

/**
 * Random numbers by position: the number at an index depends on the seed, a name and the index
 * alone, so they can be drawn in any order and anywhere. SplitMix64 (Steele, Lea and Flood 2014)
 * over a counter whose start is the FNV-1a hash of the name mixed with the seed.
 */
public final class Draws {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long hash;
  private final long start;

  public Draws(long seed, String name) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
    }
    this.hash = hash;
    this.start = hash ^ mix(seed);
  }

  /** 64 random bits. */
  public long bits(long index) {
    return mix(start + index * GOLDEN);
  }

  /** Uniform in [0, 1), a multiple of 2^-53. */
  public double uniform(long index) {
    return (bits(index) >>> 11) * 0x1p-53;
  }

  /** What draws of the same name and another seed have at an index. */
  public double uniform(long seed, long index) {
    return (mix((hash ^ mix(seed)) + index * GOLDEN) >>> 11) * 0x1p-53;
  }

  /** Standard normal, by Box and Muller 1958. */
  public double normal(long index) {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform(2 * index)));
    return radius * StrictMath.cos(2 * Math.PI * uniform(2 * index + 1));
  }

  private static long mix(long value) {
    long z = value + GOLDEN;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
