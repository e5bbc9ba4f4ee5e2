package org.convoy.random;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SplitMix64Test {
  /** The first numbers of seed 1234567 that the reference implementation gives (Vigna 2015). */
  @Test
  void equalsTheReference() {
    long[] expected = {
      6457827717110365317L, 3203168211198807973L, Long.parseUnsignedLong("9817491932198370423")
    };
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], SplitMix64.at(1234567, i));
    }
  }

  /** The JDK's generator is the same algorithm, with a state. */
  @Test
  void equalsTheJdksGeneratorAtAnyPosition() {
    SplittableRandom stream = new SplittableRandom(20);
    for (int i = 0; i < 1000; i++) {
      assertEquals(stream.nextLong(), SplitMix64.at(20, i));
    }
  }
}
