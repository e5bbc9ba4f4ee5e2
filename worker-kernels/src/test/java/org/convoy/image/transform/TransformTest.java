package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.convoy.image.codec.Raster;
import org.junit.jupiter.api.Test;

class TransformTest {
  private static CounterRandom sample(int number) {
    return CounterRandom.forSample(11, 0, number);
  }

  @Test
  void centreCropRoundsHalfToEvenAndPads() {
    CenterCrop crop = new CenterCrop(Size.square(4));
    assertEquals(Placement.window(0, 2, 4, 4), crop.decide(5, 7, sample(0)), "0.5 to 0, 1.5 to 2");
    assertEquals(
        Placement.window(0, -1, 4, 4),
        crop.decide(4, 1, sample(0)),
        "3 missing columns: 1 left, 2 right");
  }

  @Test
  void resizeKeepsTheRatio() {
    assertEquals(
        Placement.whole(375, 500).scaledTo(256, 341), new Resize(256).decide(375, 500, sample(0)));
    assertEquals(
        Placement.whole(500, 375).scaledTo(341, 256), new Resize(256).decide(500, 375, sample(0)));
    assertTrue(new Resize(32).decide(32, 32, sample(0)).keeps(32, 32));
  }

  /** Every one of the 9 x 9 places comes up, none outside, about equally often. */
  @Test
  void padAndCropCoversEveryPlace() {
    PadAndCrop crop = new PadAndCrop(Size.square(32), 4);
    int[] tops = new int[9];
    Set<Placement> places = new HashSet<>();
    for (int i = 0; i < 4000; i++) {
      Placement place = crop.decide(32, 32, sample(i));
      places.add(place);
      tops[place.top() + 4]++;
    }
    assertEquals(81, places.size());
    for (int count : tops) {
      assertEquals(4000 / 9.0, count, 90, "four standard deviations");
    }
    assertEquals(
        Placement.window(-4, -8, 32, 32),
        crop.decide(24, 16, sample(0)),
        "too small even so: centred");
  }

  @Test
  void resizedCropStaysInsideAndInItsRanges() {
    RandomResizedCrop crop = RandomResizedCrop.of(Size.square(224));
    double meanShare = 0;
    for (int i = 0; i < 2000; i++) {
      Placement place = crop.decide(400, 500, sample(i));
      assertTrue(place.inside(400, 500), place.toString());
      double share = place.height() * place.width() / 200_000.0;
      double ratio = place.width() / (double) place.height();
      assertTrue(share > 0.079 && share <= 1, place.toString());
      assertTrue(ratio > 0.74 && ratio < 1.35, place.toString());
      assertEquals(224, place.outHeight());
      meanShare += share / 2000;
    }
    // Uniform over 0.08 to 1 would give 0.54; large windows of a long shape do not fit and are
    // drawn again.
    assertTrue(meanShare > 0.45 && meanShare < 0.54, "mean share " + meanShare);
  }

  @Test
  void resizedCropOfANarrowImageFallsBackToTheCentre() {
    RandomResizedCrop whole =
        new RandomResizedCrop(Size.square(8), List.of(1.0, 1.0), List.of(3.0 / 4, 4.0 / 3));
    assertEquals(
        Placement.window(0, 433, 100, 133).scaledTo(8, 8), whole.decide(100, 1000, sample(0)));
    assertEquals(
        Placement.window(433, 0, 133, 100).scaledTo(8, 8), whole.decide(1000, 100, sample(0)));
    for (int i = 0; i < 50; i++) {
      assertTrue(RandomResizedCrop.of(Size.square(8)).decide(1, 1, sample(i)).inside(1, 1));
      assertTrue(RandomResizedCrop.of(Size.square(8)).decide(1, 300, sample(i)).inside(1, 300));
    }
  }

  @Test
  void flipsAboutHalf() {
    int flipped = 0;
    for (int i = 0; i < 1000; i++) {
      flipped += new HorizontalFlip(0.5).decide(3, 3, sample(i)).mirrored() ? 1 : 0;
      assertTrue(new HorizontalFlip(1).decide(3, 3, sample(i)).mirrored());
      assertTrue(!new HorizontalFlip(0).decide(3, 3, sample(i)).mirrored());
    }
    assertEquals(500, flipped, 64);
  }

  @Test
  void mirrorsAndPadsPixels() {
    Raster image = new Raster().reshape(1, 3, 1);
    System.arraycopy(new byte[] {1, 2, 3}, 0, image.pixels(), 0, 3);
    RasterEditor editor = new RasterEditor(Normalisation.named("none", 1));
    Raster padded = editor.place(new Placement(-1, -1, 3, 5, 3, 5, true), image);
    byte[] expected = {0, 0, 0, 0, 0, 0, 3, 2, 1, 0, 0, 0, 0, 0, 0};
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], padded.pixels()[i], "byte " + i);
    }
    Raster twice = editor.place(new Placement(0, 0, 3, 5, 3, 5, true), padded);
    assertEquals(1, twice.pixels()[6]);
    Raster outside = editor.place(Placement.window(10, -20, 2, 2), image);
    assertEquals(0, outside.pixels()[0]);
  }

  @Test
  void wrongSettingsAreNamed() {
    assertMessage("probability: expected from 0 to 1, got 1.5", () -> new HorizontalFlip(1.5));
    assertMessage(
        "area: expected [least, greatest] with 0 < least <= greatest <= 1, got [0.5, 0.2]",
        () -> new RandomResizedCrop(Size.square(8), List.of(0.5, 0.2), List.of(1.0, 1.0)));
    assertMessage("padding: expected at least 0, got -1", () -> new PadAndCrop(Size.square(8), -1));
    assertMessage("height: expected a whole number from 1", () -> new Size(0, 8));
    assertMessage("size: expected a whole number from 1", () -> new Resize(-3));
  }

  private static void assertMessage(String part, org.junit.jupiter.api.function.Executable code) {
    String message = assertThrows(IllegalArgumentException.class, code).toString();
    assertTrue(message.contains(part), message);
  }
}
