package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.convoy.image.codec.Raster;
import org.junit.jupiter.api.Test;

class CutoutTest {

  /**
   * Squares of 4 in an image of 10 by 10: 16 pixels inside, at least 4 in a corner, each pixel at
   * times.
   */
  @Test
  void erasesASquareThatMayStickOut() {
    RasterEditor editor = new RasterEditor(Normalisation.named("none", 1));
    int[] erased = new int[100];
    int whole = 0;
    int least = 100;
    for (int i = 0; i < 1000; i++) {
      Raster image = new Raster().reshape(10, 10, 1);
      Arrays.fill(image.pixels(), 0, 100, (byte) 200);
      new Cutout(4).decide(10, 10, CounterRandom.forSample(3, 0, i)).apply(image, editor);
      int count = 0;
      for (int pixel = 0; pixel < 100; pixel++) {
        if (image.pixels()[pixel] == 0) {
          erased[pixel]++;
          count++;
        }
      }
      whole += count == 16 ? 1 : 0;
      least = Math.min(least, count);
    }
    assertEquals(4, least);
    assertEquals(490, whole, 60, "centres with rows and columns 2 to 8: 49 of 100");
    assertEquals(160, erased[55], 40, "16 of 100 centres erase a pixel in the middle");
  }
}
