package org.convoy.image.loader;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.convoy.image.codec.JpegEncoder;
import org.convoy.image.kernels.PixelLibrary;
import org.convoy.image.transform.CounterRandom;
import org.convoy.image.transform.HorizontalFlip;
import org.convoy.image.transform.Normalisation;
import org.convoy.image.transform.Placement;
import org.convoy.image.transform.Preprocessing;
import org.convoy.image.transform.RandomResizedCrop;
import org.convoy.image.transform.Size;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScaledDecodingTest {
  private static final int HEIGHT = 700;
  private static final int WIDTH = 901;

  private static Preprocessing crops(int side, double least, double most) {
    return new Preprocessing(
        3,
        side,
        side,
        List.of(
            new RandomResizedCrop(
                new Size(side, side), List.of(least, most), List.of(3.0 / 4, 4.0 / 3)),
            new HorizontalFlip(0.5)),
        Preprocessing.named("none", "none", 3, side, side).evaluation(),
        Normalisation.named("none", 3));
  }

  /** Waves of several lengths, down to a few pixels. */
  private static byte[] photograph() {
    byte[] pixels = new byte[HEIGHT * WIDTH * 3];
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        for (int c = 0; c < 3; c++) {
          double wave =
              Math.sin(x / (9.0 + c)) + Math.cos(y / (40.0 - 10 * c)) + Math.sin(x * y / 9e3);
          pixels[(y * WIDTH + x) * 3 + c] = (byte) (int) (128 + 40 * wave);
        }
      }
    }
    return JpegEncoder.encode(pixels, HEIGHT, WIDTH, 92);
  }

  private final byte[] file = photograph();

  @BeforeEach
  void needsNativeCode() {
    Assumptions.assumeTrue(PixelLibrary.isThere(), "needs native code for pixels");
  }

  private float[] train(Preprocessing preprocessing, Decoding decoding, int sample)
      throws Exception {
    float[] out = new float[preprocessing.floatsPerImage()];
    try (Preprocessor preprocessor = new Preprocessor(preprocessing, decoding)) {
      preprocessor.train("a", file, CounterRandom.forSample(3, 0, sample), out, 0);
    }
    return out;
  }

  @Test
  void cropsThatShrinkDifferByLittle() throws Exception {
    for (int side : new int[] {150, 70, 40}) {
      Preprocessing preprocessing = crops(side, 0.4, 1);
      double sum = 0;
      for (int sample = 0; sample < 4; sample++) {
        float[] exact = train(preprocessing, Decoding.EXACT, sample);
        float[] scaled = train(preprocessing, Decoding.SCALED, sample);
        assertFalse(Arrays.equals(exact, scaled), "side " + side);
        for (int i = 0; i < exact.length; i++) {
          sum += Math.abs(exact[i] - scaled[i]) * 255 / exact.length / 4;
        }
      }
      double difference = sum;
      assertTrue(difference < 2, () -> side + ": a mean difference of " + difference);
    }
  }

  @Test
  void cropsThatDoNotShrinkByTwoAreExact() throws Exception {
    Preprocessing preprocessing = crops(224, 0.05, 0.2);
    for (int sample = 0; sample < 4; sample++) {
      assertArrayEquals(
          train(preprocessing, Decoding.EXACT, sample),
          train(preprocessing, Decoding.SCALED, sample));
    }
  }

  @Test
  void evaluationIsExact() throws Exception {
    Preprocessing preprocessing = crops(40, 0.4, 1);
    float[] exact = new float[preprocessing.floatsPerImage()];
    float[] scaled = new float[exact.length];
    try (Preprocessor one = new Preprocessor(preprocessing);
        Preprocessor other = new Preprocessor(preprocessing, Decoding.SCALED)) {
      one.evaluate("a", file, exact, 0);
      other.evaluate("a", file, scaled, 0);
    }
    assertArrayEquals(exact, scaled);
  }

  @Test
  void theDivisorLeavesEnoughPixels() {
    assertEquals(1, divisor(447, 500, 224));
    assertEquals(2, divisor(448, 500, 224));
    assertEquals(4, divisor(400, 401, 100));
    assertEquals(8, divisor(2000, 3000, 100));
    Placement outside = new Placement(-1, 0, 400, 400, 100, 100, false);
    assertEquals(1, outside.divisor(1000, 1000));
  }

  private static int divisor(int height, int width, int side) {
    return new Placement(0, 0, height, width, side, side, false).divisor(4000, 4000);
  }
}
