package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.convoy.image.Golden;
import org.convoy.image.codec.Raster;
import org.junit.jupiter.api.Test;

/** What RandAugment does, and that it draws all of it. */
class OperationTest {
  private static final Operation.Strongest ONE = new Operation.Strongest(1, 1, 1, 30, 0.9, 4);
  private final RasterEditor editor = new RasterEditor(Normalisation.named("none", 3));

  @Test
  void tonesEqualPillow() throws IOException {
    Pillow.assertEquals(
        "posterize",
        expected -> (image, by) -> Tones.posterize(image, expected.get("bits").intValue()));
    Pillow.assertEquals(
        "solarize",
        expected -> (image, by) -> Tones.solarize(image, expected.get("threshold").doubleValue()));
    Pillow.assertEquals("autocontrast", expected -> Tones::autoContrast);
    Pillow.assertEquals("equalize", expected -> Tones::equalize);
  }

  @Test
  void sharpnessEqualsPillow() throws IOException {
    Pillow.assertEquals(
        "Sharpness", expected -> new Sharpness(expected.get("factor").doubleValue()));
    assertEquals(2 * 7 * 9, new Sharpness(2).bytes(7, 9));
  }

  @Test
  void shearsAndMovesEqualPillow() throws IOException {
    Pillow.assertEquals("operations", OperationTest::operation);
  }

  private static Edit operation(JsonNode expected) {
    double magnitude = expected.get("magnitude").doubleValue();
    double most = Math.abs(magnitude);
    return Operation.valueOf(expected.get("operation").textValue())
        .edit(
            new Operation.Strongest(most, most, most, 0, 0, 0),
            1,
            magnitude < 0 ? -1 : 1,
            Pillow.height(expected),
            Pillow.width(expected));
  }

  /** At a third: a turn by 10 degrees, factors of 0.7 and 1.3, one bit less, inverted from 170. */
  @Test
  void theRestTakesItsPartOfTheStrongest() {
    assertSame(AffineMap.rotation(-10, 6, 7), edit(Operation.ROTATE, -1));
    assertSame((i, by) -> Enhancement.brightness(i, 1.3, by), edit(Operation.BRIGHTNESS, 1));
    assertSame((i, by) -> Enhancement.contrast(i, 0.7, by), edit(Operation.CONTRAST, -1));
    assertSame((i, by) -> Enhancement.saturation(i, 1.3), edit(Operation.COLOUR, 1));
    assertSame(new Sharpness(0.7), edit(Operation.SHARPNESS, -1));
    assertSame((i, by) -> Tones.posterize(i, 7), edit(Operation.POSTERIZE, 1));
    assertSame((i, by) -> Tones.solarize(i, 170), edit(Operation.SOLARIZE, -1));
    assertSame(Tones::autoContrast, edit(Operation.AUTO_CONTRAST, 1));
    assertSame(Tones::equalize, edit(Operation.EQUALIZE, 1));
    assertSame((i, by) -> i, edit(Operation.IDENTITY, 1));
  }

  private static Edit edit(Operation operation, int sign) {
    return operation.edit(ONE, 1 / 3.0, sign, 6, 7);
  }

  private void assertSame(Edit expected, Edit edit) {
    assertArrayEquals(pixels(expected), pixels(edit));
  }

  private byte[] pixels(Edit edit) {
    Raster out = edit.apply(Golden.pattern(6, 7), editor);
    return Arrays.copyOf(out.pixels(), out.size());
  }

  /** Fourteen operations, of which nine go either way. */
  @Test
  void everyOperationIsDrawnEitherWay() {
    RandAugment one = new RandAugment(1, 9);
    Set<Integer> results = new HashSet<>();
    for (int i = 0; i < 600; i++) {
      Edit edit = one.decide(24, 31, CounterRandom.forSample(11, 0, i));
      Raster dark = Enhancement.brightness(Golden.pattern(24, 31), 0.8, editor);
      Raster out = edit.apply(dark, editor);
      results.add(Arrays.hashCode(Arrays.copyOf(out.pixels(), out.size())));
    }
    assertEquals(5 + 2 * 9, results.size());
    assertEquals(
        2 * 24 * 31, new EditSequence(List.of(new Sharpness(2), (i, by) -> i)).bytes(24, 31));
  }

  @Test
  void wrongSettingsAreNamed() {
    assertEquals(
        "operations: expected at least 1, got 0; magnitude: expected a whole number from 0 to 30,"
            + " got 31",
        assertThrows(IllegalArgumentException.class, () -> new RandAugment(0, 31)).getMessage());
  }
}
