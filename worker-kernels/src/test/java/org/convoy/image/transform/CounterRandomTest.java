package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CounterRandomTest {
  @Test
  void isAFunctionOfItsKey() {
    CounterRandom one = CounterRandom.forSample(7, 3, 1234567890123L);
    CounterRandom other = CounterRandom.forSample(7, 3, 1234567890123L);
    CounterRandom split = one.split(5);
    long first = one.nextLong();
    assertEquals(first, other.nextLong());
    assertEquals(split.nextLong(), one.split(5).nextLong(), "drawing does not move a split");
    assertNotEquals(one.split(5).nextLong(), one.split(6).nextLong());
  }

  /** These values are part of every run's result: a change here changes what old seeds give. */
  @Test
  void staysTheSame() {
    CounterRandom random = CounterRandom.forSample(1, 2, 3);
    assertEquals(VALUE, random.nextLong());
    assertEquals(BOUNDED, random.nextInt(1000));
  }

  private static final long VALUE = -3312543526702657024L;
  private static final int BOUNDED = 429;

  @Test
  void keysDoNotCollide() {
    Set<Long> seen = new HashSet<>();
    for (long seed = 0; seed < 10; seed++) {
      for (int epoch = 0; epoch < 10; epoch++) {
        for (long sample = 0; sample < 100; sample++) {
          assertTrue(seen.add(CounterRandom.forSample(seed, epoch, sample).nextLong()));
        }
      }
    }
  }

  /**
   * Chi-square over 13 bins, 12 degrees of freedom: 32.9 is the 0.999 quantile. The seed is fixed.
   */
  @Test
  void boundedDrawsAreEven() {
    int[] counts = new int[13];
    int draws = 26_000;
    for (int sample = 0; sample < draws; sample++) {
      counts[CounterRandom.forSample(1, 0, sample).split(0).nextInt(13)]++;
    }
    double chiSquare = 0;
    for (int count : counts) {
      chiSquare += (count - 2000.0) * (count - 2000.0) / 2000.0;
    }
    assertTrue(chiSquare < 32.9, "chi-square " + chiSquare);
  }

  @Test
  void staysInItsRange() {
    CounterRandom random = CounterRandom.ofSeed(-1);
    double sum = 0;
    for (int i = 0; i < 10_000; i++) {
      double value = random.uniform(-2, 4);
      assertTrue(value >= -2 && value < 4);
      sum += value;
      assertEquals(0, random.nextInt(1));
      int large = random.nextInt(Integer.MAX_VALUE);
      assertTrue(large >= 0 && large < Integer.MAX_VALUE);
    }
    assertEquals(1, sum / 10_000, 0.06);
    assertThrows(IllegalArgumentException.class, () -> random.nextInt(0));
  }
}
