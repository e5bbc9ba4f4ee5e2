package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Arrays;
import org.convoy.image.Golden;
import org.convoy.image.codec.Raster;
import org.junit.jupiter.api.Test;

class GrayscaleTest {
  @Test
  void equalsPillow() throws IOException {
    Pillow.assertEquals(
        "grey",
        expected ->
            new Grayscale(1)
                .decide(Pillow.height(expected), Pillow.width(expected), CounterRandom.ofSeed(1)));
  }

  @Test
  void takesTheColoursWithItsProbability() {
    RasterEditor editor = new RasterEditor(Normalisation.named("none", 3));
    Raster before = Golden.pattern(4, 5);
    int changed = 0;
    for (int i = 0; i < 1000; i++) {
      Raster image = Golden.pattern(4, 5);
      new Grayscale(0.3).decide(4, 5, CounterRandom.forSample(11, 0, i)).apply(image, editor);
      changed += Arrays.equals(before.pixels(), image.pixels()) ? 0 : 1;
    }
    assertEquals(300, changed, 58, "four standard deviations");
  }
}
