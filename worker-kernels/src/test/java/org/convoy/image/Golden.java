package org.convoy.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import org.convoy.image.codec.Raster;

/** The fixtures that golden.py wrote, and what Pillow made of them. */
public final class Golden {
  private Golden() {}

  public static JsonNode tree() throws IOException {
    return new ObjectMapper().readTree(fixture("golden.json"));
  }

  public static byte[] fixture(String name) throws IOException {
    try (InputStream in = Golden.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no test resource " + name);
      }
      return in.readAllBytes();
    }
  }

  public static byte[] bytes(JsonNode base64) {
    return Base64.getDecoder().decode(base64.textValue());
  }

  /** The pattern of golden.py: pixel (y, x, c) is (7x + 13y + 29c + xy) mod 256. */
  public static Raster pattern(int height, int width) {
    Raster raster = new Raster().reshape(height, width, 3);
    for (int i = 0; i < raster.size(); i++) {
      int c = i % 3;
      int x = i / 3 % width;
      int y = i / 3 / width;
      raster.pixels()[i] = (byte) (7 * x + 13 * y + 29 * c + x * y);
    }
    return raster;
  }
}
