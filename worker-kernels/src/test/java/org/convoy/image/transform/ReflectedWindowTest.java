package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.convoy.image.codec.Raster;
import org.junit.jupiter.api.Test;

/** Windows in which an image goes on as its mirror image. */
class ReflectedWindowTest {
  private static byte[] window(int height, int width, Edit edit, int... pixels) {
    try (Raster image = new Raster();
        RasterEditor editor = new RasterEditor(Normalisation.named("none", 1))) {
      image.reshape(height, width, 1);
      for (int i = 0; i < pixels.length; i++) {
        image.pixels()[i] = (byte) pixels[i];
      }
      Raster out = edit.apply(image, editor);
      return Arrays.copyOf(out.pixels(), out.size());
    }
  }

  /** {@code numpy.pad([[1, 2, 3], [4, 5, 6]], 2, mode="reflect")}; rows are mirrored twice over. */
  @Test
  void isWhatNumpyPads() {
    assertArrayEquals(
        new byte[] {
          3, 2, 1, 2, 3, 2, 1, //
          6, 5, 4, 5, 6, 5, 4, //
          3, 2, 1, 2, 3, 2, 1, //
          6, 5, 4, 5, 6, 5, 4, //
          3, 2, 1, 2, 3, 2, 1, //
          6, 5, 4, 5, 6, 5, 4
        },
        window(2, 3, ReflectedWindow.of(-2, -2, 6, 7), 1, 2, 3, 4, 5, 6));
  }

  @Test
  void aShiftMovesTheImageAndShowsItsMirrorImage() {
    Edit moved = new Shift(1, -1).decide(2, 3, CounterRandom.ofSeed(0));
    assertArrayEquals(new byte[] {5, 6, 5, 2, 3, 2}, window(2, 3, moved, 1, 2, 3, 4, 5, 6));
  }

  @Test
  void anImageOfOnePixelIsAllThereIs() {
    assertArrayEquals(new byte[] {9, 9, 9, 9}, window(1, 1, ReflectedWindow.of(-1, 0, 2, 2), 9));
  }

  /** The same places, and other pixels at the borders alone. */
  @Test
  void cropsWherePadAndCropDoes() {
    for (int sample = 0; sample < 20; sample++) {
      CounterRandom random = CounterRandom.forSample(5, 1, sample);
      Placement black = new PadAndCrop(Size.square(4), 2).decide(4, 4, random);
      Edit reflected =
          new ReflectAndCrop(Size.square(4), 2).decide(4, 4, CounterRandom.forSample(5, 1, sample));
      assertEquals(new ReflectedWindow(black), reflected);
    }
  }
}
