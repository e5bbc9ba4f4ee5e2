package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Function;
import org.convoy.image.Golden;
import org.convoy.image.codec.Raster;

/** The cases that pillow.py wrote. */
final class Pillow {
  private Pillow() {}

  /**
   * Holds an edit to the byte against Pillow's on every case of one kind.
   *
   * @param edit makes the edit of a case's arguments
   */
  static void assertEquals(String kind, Function<JsonNode, Edit> edit) throws IOException {
    RasterEditor editor = new RasterEditor(Normalisation.named("none", 3));
    JsonNode cases = new ObjectMapper().readTree(Golden.fixture("transform/pillow.json")).get(kind);
    assertFalse(cases.isEmpty());
    for (JsonNode expected : cases) {
      Raster image = edit.apply(expected).apply(pattern(expected), editor);
      JsonNode arguments = ((ObjectNode) expected.deepCopy()).without("pixels");
      assertArrayEquals(
          Golden.bytes(expected.get("pixels")),
          Arrays.copyOf(image.pixels(), image.size()),
          kind + " " + arguments);
    }
  }

  static int height(JsonNode expected) {
    return expected.get("height").intValue();
  }

  static int width(JsonNode expected) {
    return expected.get("width").intValue();
  }

  private static Raster pattern(JsonNode expected) {
    Raster image = Golden.pattern(height(expected), width(expected));
    if (expected.get("mode").textValue().equals("L")) {
      image.toGrey();
    }
    return image;
  }
}
