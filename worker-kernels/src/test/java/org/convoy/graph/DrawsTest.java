package org.convoy.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrawsTest {

  /**
   * Made by this Python:
   *
   * <pre>{@code
   * M = (1 << 64) - 1
   * def mix(v):
   *     z = (v + 0x9E3779B97F4A7C15) & M
   *     z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M
   *     z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M
   *     return z ^ (z >> 31)
   * def start(seed, name):
   *     h = 0xCBF29CE484222325
   *     for b in name.encode(): h = ((h ^ b) * 0x100000001B3) & M
   *     return h ^ mix(seed & M)
   * def bits(seed, name, i): return mix((start(seed, name) + i * 0x9E3779B97F4A7C15) & M)
   * def uniform(seed, name, i): return (bits(seed, name, i) >> 11) * 2.0 ** -53
   * }</pre>
   */
  @ParameterizedTest
  @CsvSource({
    "0, '', 0, 5b21f68ffa77f14c, 0.35598698630425907",
    "1, conv1.weight, 0, ae5d8f04b1e287fa, 0.6811150919401232",
    "1, conv1.weight, 1, c9fc9172ce81accf, 0.7890101342477523",
    "-7, größe, 1099511627776, 335a5c32ece6ab02, 0.20059753649993672",
  })
  void areThoseOfThePythonAbove(long seed, String name, long index, String bits, double uniform) {
    Draws draws = new Draws(seed, name);
    assertEquals(Long.parseUnsignedLong(bits, 16), draws.bits(index));
    assertEquals(uniform, draws.uniform(index));
  }

  @Test
  void namesAndSeedsAreKeptApart() {
    assertNotEquals(new Draws(1, "a").bits(0), new Draws(2, "a").bits(0));
    assertNotEquals(new Draws(1, "a").bits(0), new Draws(1, "b").bits(0));
  }

  @Test
  void normalsAreNormal() {
    Draws draws = new Draws(3, "normal");
    int count = 200_000;
    double sum = 0;
    double squares = 0;
    double fourths = 0;
    int within = 0;
    for (int i = 0; i < count; i++) {
      double x = draws.normal(i);
      sum += x;
      squares += x * x;
      fourths += x * x * x * x;
      within += Math.abs(x) < 1 ? 1 : 0;
    }
    // Five standard errors each.
    assertEquals(0, sum / count, 5 / Math.sqrt(count));
    assertEquals(1, squares / count, 5 * Math.sqrt(2.0 / count));
    assertEquals(3, fourths / count, 5 * Math.sqrt(96.0 / count));
    assertEquals(0.6826895, (double) within / count, 5 * Math.sqrt(0.22 / count));
  }
}
