package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.convoy.image.Golden;
import org.convoy.image.codec.Raster;
import org.junit.jupiter.api.Test;

/** timm's operations, and how they are drawn. */
class RandAugmentTimmTest {

  @Test
  void operationsEqualTimm() throws IOException {
    Pillow.assertEquals("timm", RandAugmentTimmTest::operation);
  }

  private static Edit operation(JsonNode expected) {
    double part = expected.get("part").doubleValue();
    return RandAugmentTimm.Kind.valueOf(expected.get("kind").textValue())
        .edit(Math.abs(part), part < 0 ? -1 : 1, Pillow.height(expected), Pillow.width(expected));
  }

  /** Without a deviation each of fifteen operations has one form, and nine have two. */
  @Test
  void everyOperationIsDrawnEitherWay() {
    assertEquals(15 + 9, results(new RandAugmentTimm(1, 7, 0, 1)).size());
    assertTrue(results(new RandAugmentTimm(1, 7, 1, 1)).size() > 200);
  }

  @Test
  void operationsAreAppliedWithTheProbability() {
    assertEquals(1, results(new RandAugmentTimm(2, 9, 0.5, 0)).size());
    assertEquals(1 + 15 + 9, results(new RandAugmentTimm(1, 7, 0, 0.5)).size());
  }

  private static Set<Integer> results(Transform transform) {
    RasterEditor editor = new RasterEditor(Normalisation.named("none", 3));
    Set<Integer> results = new HashSet<>();
    for (int i = 0; i < 800; i++) {
      Edit edit = transform.decide(24, 31, CounterRandom.forSample(11, 0, i));
      Raster dark = Enhancement.brightness(Golden.pattern(24, 31), 0.8, editor);
      Raster out = edit.apply(dark, editor);
      results.add(Arrays.hashCode(Arrays.copyOf(out.pixels(), out.size())));
    }
    return results;
  }

  @Test
  void wrongSettingsAreNamed() {
    assertEquals(
        "operations: expected at least 1, got 0; magnitude: expected from 0 to 10, got 11;"
            + " deviation: expected zero or more, got -1; probability: expected from 0 to 1, got 2",
        assertThrows(IllegalArgumentException.class, () -> new RandAugmentTimm(0, 11, -1, 2))
            .getMessage());
  }
}
