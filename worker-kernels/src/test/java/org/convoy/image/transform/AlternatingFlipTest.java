package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class AlternatingFlipTest {
  private static final int SAMPLES = 1000;

  private static boolean flips(int epoch, int sample) {
    CounterRandom random = CounterRandom.forSample(7, epoch, sample).split(3);
    return new AlternatingFlip().decide(5, 6, random).mirrored();
  }

  @Test
  void twoEpochsShowBothSidesOfEveryImage() {
    int first = 0;
    for (int sample = 0; sample < SAMPLES; sample++) {
      first += flips(0, sample) ? 1 : 0;
      for (int epoch = 0; epoch < 4; epoch++) {
        assertNotEquals(flips(epoch, sample), flips(epoch + 1, sample));
        assertEquals(flips(epoch, sample), flips(epoch + 2, sample));
      }
    }
    // Five standard deviations of a fair coin.
    assertEquals(SAMPLES / 2.0, first, 5 * Math.sqrt(SAMPLES / 4.0));
  }
}
