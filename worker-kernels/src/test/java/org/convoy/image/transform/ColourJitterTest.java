package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.convoy.image.Golden;
import org.convoy.image.codec.Raster;
import org.junit.jupiter.api.Test;

class ColourJitterTest {
  private final RasterEditor editor = new RasterEditor(Normalisation.named("none", 3));

  @Test
  void enhancementsEqualPillow() throws IOException {
    Pillow.assertEquals(
        "Brightness",
        expected -> (image, by) -> Enhancement.brightness(image, factor(expected), by));
    Pillow.assertEquals(
        "Contrast", expected -> (image, by) -> Enhancement.contrast(image, factor(expected), by));
    Pillow.assertEquals(
        "Color", expected -> (image, by) -> Enhancement.saturation(image, factor(expected)));
    Pillow.assertEquals(
        "hue", expected -> (image, by) -> Hue.turn(image, expected.get("part").doubleValue()));
  }

  private static double factor(JsonNode expected) {
    return expected.get("factor").doubleValue();
  }

  /** Every colour there is. */
  @Test
  void huesEqualPillow() throws Exception {
    JsonNode cases =
        new ObjectMapper().readTree(Golden.fixture("transform/pillow.json")).get("all-hues");
    assertEquals(2, cases.size());
    for (JsonNode expected : cases) {
      Raster colours = new Raster().reshape(4096, 4096, 3);
      for (int number = 0; number < 1 << 24; number++) {
        colours.pixels()[3 * number] = (byte) (number >> 16);
        colours.pixels()[3 * number + 1] = (byte) (number >> 8);
        colours.pixels()[3 * number + 2] = (byte) number;
      }
      Hue.turn(colours, expected.get("part").doubleValue());
      assertEquals(
          expected.get("sha256").textValue(),
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(colours.pixels())));
    }
  }

  /** On a grey ramp: brightness alone takes 100 to 100 times its factor, from 60 to 140. */
  @Test
  void factorsAreUniformAboutOne() {
    ColourJitter jitter = new ColourJitter(0.4, 0, 0, 0);
    int below = 0;
    for (int i = 0; i < 1000; i++) {
      Raster one = new Raster().reshape(1, 1, 1);
      one.pixels()[0] = 100;
      int value =
          jitter.decide(1, 1, CounterRandom.forSample(11, 0, i)).apply(one, editor).pixels()[0]
              & 0xff;
      assertEquals(100, value, 40);
      below += value < 100 ? 1 : 0;
    }
    assertEquals(500, below, 64);
  }

  /** Brightness and contrast do not commute: both orders come up, about equally often. */
  @Test
  void theOrderIsRandom() {
    ColourJitter jitter = new ColourJitter(1, 1, 0, 0);
    int brightnessFirst = 0;
    for (int i = 0; i < 1000; i++) {
      CounterRandom random = CounterRandom.forSample(11, 0, i);
      CounterRandom same = CounterRandom.forSample(11, 0, i);
      double brightness = same.uniform(0, 2);
      double contrast = same.uniform(0, 2);
      Raster image = Golden.pattern(4, 4);
      Raster expected = Golden.pattern(4, 4);
      jitter.decide(4, 4, random).apply(image, editor);
      Enhancement.brightness(expected, brightness, editor);
      Enhancement.contrast(expected, contrast, editor);
      brightnessFirst += Arrays.equals(expected.pixels(), image.pixels()) ? 1 : 0;
    }
    assertEquals(500, brightnessFirst, 80);
  }

  @Test
  void settingsOfZeroChangeNothing() {
    Raster image = Golden.pattern(6, 5);
    Edit edit = new ColourJitter(0, 0, 0, 0).decide(6, 5, CounterRandom.ofSeed(1));
    edit.apply(image, editor);
    assertArrayEquals(Golden.pattern(6, 5).pixels(), image.pixels());
    assertEquals(0, edit.bytes(6, 5));
  }

  @Test
  void wrongSettingsAreNamed() {
    assertEquals(
        "brightness: expected zero or more, got -1; hue: expected from 0 to 0.5, got 0.6",
        assertThrows(IllegalArgumentException.class, () -> new ColourJitter(-1, 0, 0, 0.6))
            .getMessage());
  }
}
