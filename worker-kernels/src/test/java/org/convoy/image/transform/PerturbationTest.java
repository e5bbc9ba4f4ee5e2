package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Attacks on two images of two channels and three pixels, by hand. */
class PerturbationTest {
  private static final Normalisation NORMALISATION =
      new Normalisation(List.of(0.5f, 0.25f), List.of(0.5f, 0.2f));
  private static final int PIXELS = 3;

  /** As bytes 0 to 255 become: channel 0 from -1 to 1, channel 1 from -1.25 to 3.75. */
  private static final float[] IMAGES = {-1, 0, 0.98f, -1.25f, 0, 3.74f, 0.5f, 1, -0.5f, 1, 2, 3};

  private static final float[] GRADIENT = {-2, 0, 5, -1, 1e-9f, 1, 1, 1, 1, -1, -1, 0};

  @Test
  void aStepGoesBySignsInPixelsAndStaysOnTheScale() {
    Perturbation fgsm = perturbation(new Fgsm(0.1, 0.05, false));
    FloatBuffer images = FloatBuffer.wrap(IMAGES.clone());
    fgsm.start(images, FloatBuffer.wrap(IMAGES), CounterRandom.ofSeed(1));
    fgsm.climb(images, FloatBuffer.wrap(IMAGES), FloatBuffer.wrap(GRADIENT));
    // 0.05 of a pixel's range is 0.1 in channel 0 and 0.25 in channel 1.
    float[] expected = {-1, 0, 1, -1.25f, 0.25f, 3.75f, 0.6f, 1, -0.4f, 0.75f, 1.75f, 3};
    assertArrayEquals(expected, images.array(), 1e-6f);
  }

  @Test
  void severalStepsEndAtEpsilon() {
    Perturbation pgd = perturbation(new Pgd(0.1, 0.04, 5, false));
    FloatBuffer images = FloatBuffer.wrap(IMAGES.clone());
    for (int step = 0; step < 5; step++) {
      pgd.climb(images, FloatBuffer.wrap(IMAGES), FloatBuffer.wrap(GRADIENT));
    }
    // Epsilon is 0.2 in channel 0 and 0.5 in channel 1.
    float[] expected = {-1, 0, 1, -1.25f, 0.5f, 3.75f, 0.7f, 1, -0.3f, 0.5f, 1.5f, 3};
    assertArrayEquals(expected, images.array(), 1e-6f);
  }

  @Test
  void theRandomStartIsWithinEpsilonAndFollowsFromTheStream() {
    Perturbation pgd = perturbation(new Pgd(0.1, 0.04, 5, true));
    FloatBuffer images = FloatBuffer.wrap(IMAGES.clone());
    FloatBuffer again = FloatBuffer.wrap(IMAGES.clone());
    pgd.start(images, FloatBuffer.wrap(IMAGES), CounterRandom.ofSeed(1));
    pgd.start(again, FloatBuffer.wrap(IMAGES), CounterRandom.ofSeed(1));
    assertArrayEquals(images.array(), again.array());
    for (int i = 0; i < IMAGES.length; i++) {
      double most = i / PIXELS % 2 == 0 ? 0.2 : 0.5;
      assertTrue(Math.abs(images.get(i) - IMAGES[i]) <= most + 1e-6);
    }
    assertTrue(Math.abs(images.get(6) - IMAGES[6]) > 1e-4);
  }

  private static Perturbation perturbation(Attack attack) {
    return new Perturbation(attack, NORMALISATION, PIXELS);
  }

  @Test
  void wrongSettingsAreNamed() {
    assertEquals(
        "epsilon: expected more than zero, got 0; steps: expected a whole number from 1 to 1000,"
            + " got 0",
        assertThrows(IllegalArgumentException.class, () -> new Pgd(0, 1, 0, true)).getMessage());
    assertThrows(IllegalArgumentException.class, () -> new Fgsm(1, 0, true));
  }
}
