package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.convoy.image.codec.Raster;
import org.junit.jupiter.api.Test;

class PcaLightingTest {
  private final RasterEditor editor = new RasterEditor(Normalisation.named("none", 3));

  /**
   * Over many images the covariance of the shifts is the eigenvectors' by the squared eigenvalues.
   */
  @Test
  void shiftsHaveTheCovarianceOfTheComponents() {
    int images = 20_000;
    double[][] sums = new double[3][3];
    for (int i = 0; i < images; i++) {
      Raster image = new Raster().reshape(1, 1, 3);
      Arrays.fill(image.pixels(), 0, 3, (byte) 128);
      Edit edit = new PcaLighting(0.5).decide(1, 1, CounterRandom.forSample(7, 0, i));
      byte[] after = edit.apply(image, editor).pixels();
      for (int a = 0; a < 3; a++) {
        for (int b = 0; b < 3; b++) {
          sums[a][b] += ((after[a] & 0xff) - 128.0) * ((after[b] & 0xff) - 128.0) / images;
        }
      }
    }
    // 127.5^2 times: 0.2175^2 u u' + 0.0188^2 v v' + 0.0045^2 w w', by hand.
    assertEquals(250.7, sums[0][0], 12);
    assertEquals(253.4, sums[0][1], 12);
    assertEquals(262.9, sums[2][2], 12);
  }

  @Test
  void grayImagesAndDeviationZeroChangeNothing() {
    Raster gray = new Raster().reshape(1, 1, 1);
    gray.pixels()[0] = 77;
    CounterRandom random = CounterRandom.forSample(1, 0, 0);
    assertEquals(77, new PcaLighting(1).decide(1, 1, random).apply(gray, editor).pixels()[0]);
    Raster colour = new Raster().reshape(1, 1, 3);
    colour.pixels()[2] = 77;
    assertEquals(77, new PcaLighting(0).decide(1, 1, random).apply(colour, editor).pixels()[2]);
    assertThrows(IllegalArgumentException.class, () -> new PcaLighting(-1));
  }
}
