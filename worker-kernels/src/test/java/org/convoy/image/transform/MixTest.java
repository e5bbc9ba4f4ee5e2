package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mixtures of whole batches: what is drawn, and what becomes of pixels. */
final class MixTest {

  /** Mean 1/2 and variance 1 / (4 (2 alpha + 1)), as a symmetric beta distribution has them. */
  @ParameterizedTest
  @ValueSource(doubles = {0.001, 0.2, 1, 8})
  void weightsAreDrawnFromTheBetaDistribution(double alpha) {
    int draws = 20_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < draws; i++) {
      double own = new Mixup(alpha).draw(32, 32, CounterRandom.ofSeed(7).split(i)).own();
      assertTrue(own >= 0 && own <= 1, "drew " + own);
      sum += own;
      squares += (own - 0.5) * (own - 0.5);
    }
    assertEquals(0.5, sum / draws, 0.015);
    assertEquals(1 / (4 * (2 * alpha + 1)), squares / draws, 0.006);
  }

  @Test
  void aTargetHasTheShareOfTheAreaThatIsLeft() {
    double sum = 0;
    for (int i = 0; i < 2000; i++) {
      Mixture drawn = new Cutmix(1).draw(13, 17, CounterRandom.ofSeed(8).split(i));
      FloatBuffer images = FloatBuffer.allocate(2 * 13 * 17);
      for (int p = 0; p < 13 * 17; p++) {
        images.put(p, 1);
      }
      drawn.apply(images, 1, 13, 17, new int[] {1, 0});
      double left = 0;
      for (int p = 0; p < 13 * 17; p++) {
        left += images.get(p);
        assertEquals(1 - images.get(p), images.get(13 * 17 + p));
      }
      assertEquals(drawn.own(), left / (13 * 17), 1e-9);
      sum += drawn.own();
    }
    // The box is cut off at the edges, so that more than half is left on average.
    assertTrue(sum / 2000 > 0.55 && sum / 2000 < 0.75, "mean " + sum / 2000);
  }

  @Test
  void eachImageThatCountsIsMixedWithTheOneBefore() {
    float[] weights = {0, 1, 1, 0, 1, 0};
    int[] partners = Mixture.partners(weights);
    assertArrayEquals(new int[] {0, 4, 1, 3, 2, 5}, partners);
    FloatBuffer images = FloatBuffer.wrap(new float[] {9, 1, 2, 9, 4, 9});
    Mixture.blend(0.75).apply(images, 1, 1, 1, partners);
    assertArrayEquals(new float[] {9, 1.75f, 1.75f, 9, 3.5f, 9}, images.array());
  }

  @Test
  void anImageAloneStaysAsItIs() {
    for (float[] weights : List.of(new float[] {1, 0}, new float[] {0, 0})) {
      int[] partners = Mixture.partners(weights);
      assertArrayEquals(new int[] {0, 1}, partners);
      FloatBuffer images = FloatBuffer.wrap(new float[] {3, 4});
      Mixture.blend(0.25).apply(images, 1, 1, 1, partners);
      assertArrayEquals(new float[] {3, 4}, images.array());
    }
  }
}
