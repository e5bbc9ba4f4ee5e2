package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import org.convoy.image.Golden;
import org.convoy.image.codec.Raster;
import org.junit.jupiter.api.Test;

/** The blur, and which of the three is drawn. */
class ThreeAugmentTest {
  private final RasterEditor editor = new RasterEditor(Normalisation.named("none", 3));

  @Test
  void theBlurEqualsPillow() throws IOException {
    Pillow.assertEquals("blur", expected -> new GaussianBlur(expected.get("radius").doubleValue()));
    assertEquals(7 * 9, new GaussianBlur(2).bytes(7, 9));
  }

  /** Without jitter the result is grey, solarised, or something in between: the blurred image. */
  @Test
  void eachOfTheThreeIsDrawnAsOften() {
    int[] grey = pixels((image, by) -> Enhancement.saturation(image, 0));
    int[] solarised = pixels((image, by) -> Tones.solarize(image, 128));
    int greys = 0;
    int solarisations = 0;
    for (int i = 0; i < 900; i++) {
      int[] drawn = pixels(new ThreeAugment(0).decide(12, 17, CounterRandom.forSample(3, 0, i)));
      greys += Arrays.equals(grey, drawn) ? 1 : 0;
      solarisations += Arrays.equals(solarised, drawn) ? 1 : 0;
    }
    assertTrue(Math.abs(greys - 300) < 60, greys + " grey");
    assertTrue(Math.abs(solarisations - 300) < 60, solarisations + " solarised");
  }

  private int[] pixels(Edit edit) {
    Raster out = edit.apply(Golden.pattern(12, 17), editor);
    int[] values = new int[out.size()];
    Arrays.setAll(values, i -> out.pixels()[i] & 0xff);
    return values;
  }
}
