package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class RotationTest {
  @Test
  void equalsPillow() throws IOException {
    Pillow.assertEquals(
        "rotate",
        expected ->
            AffineMap.rotation(
                expected.get("degrees").doubleValue(),
                Pillow.height(expected),
                Pillow.width(expected)));
  }

  /** The sine is in the second coefficient; uniform over [-30, 30], half lies within 15 degrees. */
  @Test
  void theAngleIsUniform() {
    int within = 0;
    for (int i = 0; i < 1000; i++) {
      AffineMap map = (AffineMap) new Rotation(30).decide(8, 8, CounterRandom.forSample(11, 0, i));
      double degrees = Math.toDegrees(Math.asin(map.b()));
      assertTrue(Math.abs(degrees) <= 30, map.toString());
      within += Math.abs(degrees) < 15 ? 1 : 0;
    }
    assertEquals(500, within, 64);
  }

  @Test
  void takesAScratchImage() {
    assertEquals(2 * 7 * 9, AffineMap.rotation(10, 7, 9).bytes(7, 9));
    assertEquals(7, AffineMap.rotation(10, 7, 9).heightAfter(7));
  }

  @Test
  void aWrongAngleIsNamed() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> new Rotation(181)).getMessage();
    assertEquals("degrees: expected from 0 to 180, got 181", message);
  }
}
