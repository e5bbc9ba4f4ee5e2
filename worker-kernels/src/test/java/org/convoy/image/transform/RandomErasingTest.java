package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.convoy.image.Golden;
import org.convoy.image.codec.Raster;
import org.convoy.image.transform.RandomErasing.Erasure;
import org.junit.jupiter.api.Test;

class RandomErasingTest {
  private static final List<Double> AREA = List.of(0.02, 0.33);
  private static final List<Double> ASPECT = List.of(0.3, 3.3);

  private static CounterRandom sample(int number) {
    return CounterRandom.forSample(11, 0, number);
  }

  /** Every byte inside is the mean's, every byte outside what it was. */
  @Test
  void theRectangleBecomesTheMean() {
    Normalisation normalisation = Normalisation.named("imagenet", 3);
    Raster image = Golden.pattern(9, 7);
    Raster before = Golden.pattern(9, 7);
    Raster after = new Erasure(2, 3, 5, 4).apply(image, new RasterEditor(normalisation));
    assertSame(image, after);
    int[] mean = {124, 116, 104};
    for (int i = 0; i < image.size(); i++) {
      int x = i / 3 % 7;
      int y = i / 21;
      boolean inside = y >= 2 && y < 7 && x >= 3;
      assertEquals(inside ? mean[i % 3] : before.pixels()[i] & 0xff, image.pixels()[i] & 0xff);
    }
  }

  @Test
  void theMeanBecomesZeroToHalfAStep() {
    for (String name : Normalisation.names()) {
      Normalisation normalisation = Normalisation.named(name, 3);
      for (int c = 0; c < 3; c++) {
        float erased = normalisation.table(c)[normalisation.meanBytes()[c] & 0xff];
        assertEquals(0, erased, 0.5001 / 255 / normalisation.std().get(c), name);
      }
    }
  }

  @Test
  void rectanglesKeepToTheirRanges() {
    RandomErasing erasing = new RandomErasing(0.5, AREA, ASPECT);
    int erased = 0;
    double meanShare = 0;
    for (int i = 0; i < 2000; i++) {
      if (erasing.decide(200, 300, sample(i)) instanceof Erasure cut) {
        erased++;
        double share = cut.height() * cut.width() / 60_000.0;
        double ratio = cut.height() / (double) cut.width();
        assertTrue(share > 0.019 && share < 0.335, cut.toString());
        assertTrue(ratio > 0.29 && ratio < 3.4, cut.toString());
        assertTrue(cut.top() >= 0 && cut.top() + cut.height() <= 200, cut.toString());
        assertTrue(cut.left() >= 0 && cut.left() + cut.width() <= 300, cut.toString());
        meanShare += share;
      }
    }
    assertEquals(1000, erased, 90, "four standard deviations");
    assertEquals(0.17, meanShare / erased, 0.015);
  }

  @Test
  void anImageThatIsTooSmallIsLeftAlone() {
    RandomErasing erasing = new RandomErasing(1, List.of(1.0, 1.0), List.of(1.0, 1.0));
    Raster image = Golden.pattern(5, 5);
    RasterEditor editor = new RasterEditor(Normalisation.named("none", 3));
    for (int i = 0; i < 20; i++) {
      erasing.decide(5, 5, sample(i)).apply(image, editor);
    }
    assertArrayEquals(Golden.pattern(5, 5).pixels(), image.pixels());
  }

  @Test
  void wrongSettingsAreNamed() {
    assertEquals(
        "probability: expected from 0 to 1, got 2; area: expected [least, greatest] with 0 < least"
            + " <= greatest <= 1, got [0.5, 1.5]; aspect: expected [least, greatest] with 0 < least"
            + " <= greatest, got [0.3]",
        assertThrows(
                IllegalArgumentException.class,
                () -> new RandomErasing(2, List.of(0.5, 1.5), List.of(0.3)))
            .getMessage());
  }
}
