package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.convoy.image.Golden;
import org.convoy.image.codec.Raster;
import org.junit.jupiter.api.Test;

class TrivialAugmentTest {
  /** Nine operations go either way by thirty magnitudes: 540 edits, most of which come up. */
  @Test
  void drawsTheMagnitude() {
    RasterEditor editor = new RasterEditor(Normalisation.named("none", 3));
    Set<Integer> results = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      Edit edit = new TrivialAugment(31).decide(24, 31, CounterRandom.forSample(11, 0, i));
      Raster out = edit.apply(Golden.pattern(24, 31), editor);
      assertEquals(24, out.height());
      results.add(Arrays.hashCode(Arrays.copyOf(out.pixels(), out.size())));
    }
    assertTrue(results.size() > 400, results.size() + " results");
  }

  @Test
  void aWrongSettingIsNamed() {
    assertEquals(
        "magnitudes: expected a whole number from 2 to 1000, got 1",
        assertThrows(IllegalArgumentException.class, () -> new TrivialAugment(1)).getMessage());
  }
}
