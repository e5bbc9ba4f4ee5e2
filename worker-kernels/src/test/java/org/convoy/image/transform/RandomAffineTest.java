package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RandomAffineTest {
  @Test
  void equalsPillow() throws IOException {
    Pillow.assertEquals(
        "affine",
        expected -> {
          JsonNode of = expected.get("distortion");
          return new Distortion(
                  of.get(0).doubleValue(),
                  of.get(1).doubleValue(),
                  of.get(2).doubleValue(),
                  of.get(3).doubleValue(),
                  of.get(4).doubleValue(),
                  of.get(5).doubleValue())
              .about(Pillow.width(expected) * 0.5, Pillow.height(expected) * 0.5);
        });
  }

  /** A tenth of 20 columns and of 40 rows: 5 x 9 whole pixels, all of which come up. */
  @Test
  void movesByWholePixelsWithinItsPart() {
    RandomAffine moves = new RandomAffine(0, 0.1, List.of(1.0, 1.0), 0);
    Set<List<Double>> seen = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      AffineMap map = (AffineMap) moves.decide(40, 20, CounterRandom.forSample(11, 0, i));
      assertTrue(Math.abs(map.c()) <= 2 && Math.abs(map.f()) <= 4, map.toString());
      seen.add(List.of(map.c() + 0.0, map.f() + 0.0));
    }
    assertEquals(5 * 9, seen.size());
  }

  /** The determinant of the way back is 1 / scale^2, however it is turned and sheared. */
  @Test
  void scalesWithinItsRange() {
    RandomAffine scales = new RandomAffine(180, 0, List.of(0.5, 2.0), 30);
    double mean = 0;
    for (int i = 0; i < 1000; i++) {
      AffineMap map = (AffineMap) scales.decide(9, 9, CounterRandom.forSample(11, 0, i));
      double scale = 1 / Math.sqrt(map.a() * map.e() - map.b() * map.d());
      assertTrue(scale > 0.499 && scale < 2.001, map.toString());
      mean += scale / 1000;
    }
    assertEquals(1.25, mean, 0.055);
  }

  @Test
  void wrongSettingsAreNamed() {
    assertEquals(
        "degrees: expected from 0 to 180, got 200; translate: expected from 0 to 1, got 2; scale:"
            + " expected [least, greatest] with 0 < least <= greatest, got [0.0, 1.0]; shear:"
            + " expected from 0 to 89, got 90",
        assertThrows(
                IllegalArgumentException.class,
                () -> new RandomAffine(200, 2, List.of(0.0, 1.0), 90))
            .getMessage());
  }
}
