package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import org.convoy.image.Golden;
import org.convoy.image.codec.Raster;
import org.junit.jupiter.api.Test;

class ResamplerTest {
  private static byte[] used(Raster raster) {
    return Arrays.copyOf(raster.pixels(), raster.size());
  }

  /** Shrinking, growing, one axis only, windows: to the byte. */
  @Test
  void equalsPillow() throws IOException {
    RasterEditor editor = new RasterEditor(Normalisation.named("none", 3));
    for (JsonNode expected : Golden.tree().get("resize")) {
      Raster image =
          Golden.pattern(expected.get("height").intValue(), expected.get("width").intValue());
      JsonNode out = expected.get("out");
      JsonNode box = expected.get("box");
      Placement window =
          box.isNull()
              ? Placement.whole(image.height(), image.width())
              : Placement.window(
                  box.get(1).intValue(),
                  box.get(0).intValue(),
                  box.get(3).intValue() - box.get(1).intValue(),
                  box.get(2).intValue() - box.get(0).intValue());
      Raster scaled =
          editor.place(window.scaledTo(out.get(0).intValue(), out.get(1).intValue()), image);
      assertArrayEquals(
          Golden.bytes(expected.get("rgb")), used(scaled), "case " + window + " to " + out);
    }
  }

  /**
   * By hand: 4 to 2 has scale 2 and a triangle of half-width 2 about 1 and 3. About 1 the inputs at
   * 0.5, 1.5, 2.5 weigh 0.75, 0.75, 0.25 of 1.75: (0 + 75 + 50) / 1.75 = 71.43; about 3 by symmetry
   * (25 + 150 + 225) / 1.75 = 228.57.
   */
  @Test
  void halvesByHand() {
    Raster image = new Raster().reshape(1, 4, 1);
    System.arraycopy(new byte[] {0, 100, (byte) 200, (byte) 255}, 0, image.pixels(), 0, 4);
    Raster out = new Raster().reshape(1, 2, 1);
    new Resampler().resample(image, 0, 0, 1, 4, out);
    assertEquals(71, out.pixels()[0] & 0xff);
    assertEquals(Math.round((25 + 150 + 0.75 * 255) / 1.75), out.pixels()[1] & 0xff);
  }

  @Test
  void keepsAFlatColourAndItsOwnSize() {
    Raster flat = new Raster().reshape(31, 17, 3);
    Arrays.fill(flat.pixels(), (byte) 255);
    Raster out = new Raster().reshape(7, 40, 3);
    Resampler resampler = new Resampler();
    resampler.resample(flat, 0, 0, 31, 17, out);
    for (byte value : used(out)) {
      assertEquals((byte) 255, value);
    }
    Raster image = Golden.pattern(9, 5);
    Raster same = new Raster().reshape(9, 5, 3);
    resampler.resample(image, 0, 0, 9, 5, same);
    assertArrayEquals(used(image), used(same));
  }
}
