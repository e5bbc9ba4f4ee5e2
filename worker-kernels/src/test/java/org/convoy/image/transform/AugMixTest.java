package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.convoy.image.Golden;
import org.convoy.image.codec.Raster;
import org.junit.jupiter.api.Test;

/** The mixture by hand, and its weights. */
class AugMixTest {
  private final RasterEditor editor = new RasterEditor(Normalisation.named("none", 3));

  /** A quarter of the image, a half of it inverted, a quarter of it moved after being smoothed. */
  @Test
  void theResultIsTheWeightedSum() {
    Edit invert = (image, by) -> Tones.solarize(image, 0);
    Edit move = new EditSequence(List.of(new Sharpness(0.3), Placement.window(0, 2, 9, 11)));
    byte[] own = pixels((image, by) -> image);
    byte[] inverted = pixels(invert);
    byte[] moved = pixels(move);
    byte[] expected = new byte[own.length];
    for (int i = 0; i < own.length; i++) {
      float sum = 0.25f * (own[i] & 0xff);
      sum += 0.5f * (inverted[i] & 0xff);
      sum += 0.25f * (moved[i] & 0xff);
      expected[i] = (byte) (int) sum;
    }
    AugMix.Mixed mixed = new AugMix.Mixed(0.25, new double[] {0.5, 0.25}, List.of(invert, move));
    assertArrayEquals(expected, pixels(mixed));
    // Also where the image is itself the editor's scratch memory.
    assertArrayEquals(
        pixels(new EditSequence(List.of(new Sharpness(0.3), new GaussianBlur(0), mixed))),
        pixels(
            (image, by) -> {
              Raster sharp = new Sharpness(0.3).apply(image, by);
              Raster copy = new Raster().reshape(9, 11, 3);
              System.arraycopy(sharp.pixels(), 0, copy.pixels(), 0, sharp.size());
              return mixed.apply(copy, by);
            }));
  }

  private byte[] pixels(Edit edit) {
    Raster out = edit.apply(Golden.pattern(9, 11), editor);
    return Arrays.copyOf(out.pixels(), out.size());
  }

  @Test
  void weightsAreFromTheDistributions() {
    double own = 0;
    double first = 0;
    int count = 4000;
    for (int i = 0; i < count; i++) {
      double[] weights = BetaDraw.dirichlet(1, 3, CounterRandom.forSample(1, 0, i));
      assertEquals(1, Arrays.stream(weights).sum(), 1e-12);
      first += weights[0];
      own += Math.pow(weights[0] - 1 / 3.0, 2);
    }
    assertEquals(1 / 3.0, first / count, 0.02);
    // The variance of a weight: (1/3)(2/3) / 4.
    assertEquals(1 / 18.0, own / count, 0.005);
  }

  @Test
  void everyImageIsAnother() {
    long distinct =
        IntStream.range(0, 200)
            .mapToObj(
                i ->
                    Arrays.hashCode(
                        pixels(
                            new AugMix(3, 3, 0, 1)
                                .decide(9, 11, CounterRandom.forSample(2, 0, i)))))
            .distinct()
            .count();
    assertTrue(distinct > 190, distinct + " results");
  }

  @Test
  void wrongSettingsAreNamed() {
    assertEquals(
        "severity: expected a whole number from 1 to 10, got 0; alpha: expected more than zero, got 0",
        assertThrows(IllegalArgumentException.class, () -> new AugMix(0, 3, 0, 0)).getMessage());
  }
}
