package org.convoy.image.shapes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.convoy.image.loader.Preprocessor;
import org.convoy.image.shapes.ShapesGenerator.Split;
import org.convoy.image.transform.CounterRandom;
import org.convoy.image.transform.Preprocessing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShapesGeneratorTest {
  @Test
  void writesClassFoldersOfRealJpegs(@TempDir Path folder) throws Exception {
    ShapesGenerator generator = new ShapesGenerator(new ShapesSettings(3, 2, 32, 5));
    assertEquals(50, generator.write(folder));
    try (Stream<Path> classes = Files.list(folder.resolve("train"))) {
      assertEquals(
          List.of(
              "arrow",
              "bar",
              "circle",
              "crescent",
              "cross",
              "hexagon",
              "ring",
              "square",
              "star",
              "triangle"),
          classes.map(p -> p.getFileName().toString()).sorted().toList());
    }
    byte[] last = Files.readAllBytes(folder.resolve("validation/star/0001.jpg"));
    assertArrayEquals(generator.draw(Split.VALIDATION, ShapeKind.STAR, 1), last);
    float[] out = new float[3 * 32 * 32];
    try (Preprocessor preprocessor =
        new Preprocessor(Preprocessing.named("none", "none", 3, 32, 32))) {
      preprocessor.evaluate("star", last, out, 0);
    }
  }

  @Test
  void theSameSeedDrawsTheSameBytes() {
    ShapesGenerator one = new ShapesGenerator(new ShapesSettings(1, 1, 48, 5));
    ShapesGenerator same = new ShapesGenerator(new ShapesSettings(900, 1, 48, 5));
    ShapesGenerator other = new ShapesGenerator(new ShapesSettings(1, 1, 48, 6));
    for (ShapeKind kind : ShapeKind.values()) {
      byte[] bytes = one.draw(Split.TRAIN, kind, 0);
      assertArrayEquals(bytes, same.draw(Split.TRAIN, kind, 0));
      assertFalse(Arrays.equals(bytes, other.draw(Split.TRAIN, kind, 0)));
      assertFalse(Arrays.equals(bytes, one.draw(Split.VALIDATION, kind, 0)));
      assertFalse(Arrays.equals(bytes, one.draw(Split.TRAIN, kind, 1)));
    }
  }

  /**
   * Pixels before the JPEG encoder come from Java arithmetic only: this sum is the same on every
   * machine.
   */
  @Test
  void paintsTheSamePixelsEverywhere() {
    long sum = 0;
    for (ShapeKind kind : ShapeKind.values()) {
      byte[] pixels = new ShapePainter(32, CounterRandom.ofSeed(kind.stream())).paint(kind);
      sum = 31 * sum + Arrays.hashCode(pixels);
    }
    assertEquals(PIXELS, sum);
  }

  private static final long PIXELS = -4968021358171587540L;

  /** Measures the area of the outline with 200 x 200 points of its frame. */
  @Test
  void outlinesHaveTheirAreas() {
    assertArea(Math.PI * 0.88 * 0.88, ShapeKind.CIRCLE);
    assertArea(Math.PI * (1 - 0.55 * 0.55), ShapeKind.RING);
    assertArea(1.96, ShapeKind.SQUARE);
    assertArea(1.5 * Math.sqrt(3), ShapeKind.HEXAGON);
    assertArea(0.75 * Math.sqrt(3), ShapeKind.TRIANGLE);
    assertArea(5 * 0.42 * Math.sin(Math.PI / 5), ShapeKind.STAR);
    assertArea(2 * 1.9 * 0.56 - 0.56 * 0.56, ShapeKind.CROSS);
    assertArea(1.92 * 0.54, ShapeKind.BAR);
    assertArea(1.05 * 0.44 + 0.9 * 0.65, ShapeKind.ARROW);
  }

  private static void assertArea(double expected, ShapeKind kind) {
    int inside = 0;
    for (int i = 0; i < 200 * 200; i++) {
      int row = i / 200;
      int column = i % 200;
      inside += kind.contains((column + 0.5) / 100 - 1, (row + 0.5) / 100 - 1) ? 1 : 0;
    }
    assertEquals(expected, inside / 10_000.0, 0.03, kind.label());
  }

  @Test
  void wrongSettingsAreNamed() {
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> new ShapesSettings(1, 1, 4, 0))
            .toString()
            .contains("expected an image size of 16 to 1024 pixels, got 4"));
    assertThrows(IllegalArgumentException.class, () -> new ShapesSettings(-1, 1, 32, 0));
  }
}
