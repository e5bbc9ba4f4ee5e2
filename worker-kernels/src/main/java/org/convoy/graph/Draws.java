package org.convoy.graph;

import java.nio.charset.StandardCharsets;
import org.convoy.random.SplitMix64;

/**
 * Random numbers by position: the number at an index depends only on the seed, a name and the
 * index, so numbers can be drawn in any order and on any machine. It is {@link SplitMix64} that
 * starts from the FNV-1a hash of the name, mixed with the seed.
 */
public final class Draws {
  private final long hash;
  private final long start;

  public Draws(long seed, String name) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
    }
    this.hash = hash;
    this.start = hash ^ SplitMix64.at(seed, 0);
  }

  /** 64 random bits. */
  public long bits(long index) {
    return SplitMix64.at(start, index);
  }

  /** Uniform in [0, 1), a multiple of 2^-53. */
  public double uniform(long index) {
    return (bits(index) >>> 11) * 0x1p-53;
  }

  /** The number at an index for the same name and another seed. */
  public double uniform(long seed, long index) {
    return (SplitMix64.at(hash ^ SplitMix64.at(seed, 0), index) >>> 11) * 0x1p-53;
  }

  /**
   * The hash of the name, from which generators on other processors start: the number at an index
   * for a seed is that of a {@link SplitMix64} that starts from {@code hash ^ SplitMix64.at(seed,
   * 0)}.
   */
  public long hash() {
    return hash;
  }

  /** Standard normal, by Box and Muller 1958. */
  public double normal(long index) {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform(2 * index)));
    return radius * StrictMath.cos(2 * Math.PI * uniform(2 * index + 1));
  }
}
