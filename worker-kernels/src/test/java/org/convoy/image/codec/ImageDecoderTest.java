package org.convoy.image.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.convoy.image.Golden;
import org.convoy.image.SharedData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
  private final Raster raster = new Raster();

  private void decode(String name, byte[] file, int channels) throws ImageDecodeException {
    try (ImageDecoder decoder = new ImageDecoder()) {
      decoder.decode(decoder.open(name, file), channels, raster);
    }
  }

  private byte[] decoded() {
    return Arrays.copyOf(raster.pixels(), raster.size());
  }

  /**
   * Grey and colour match exactly, four colours within 2: OpenCV divides the product with black by
   * 256, Pillow by 255.
   */
  @ParameterizedTest
  @CsvSource({
    "colour.jpg, 0",
    "progressive.jpg, 0",
    "grey.jpg, 0",
    "grey.png, 0",
    "palette.png, 0",
    "alpha.png, 0",
    "cmyk.jpg, 2",
    "ycck.jpg, 2"
  })
  void decodesAsPillowDoes(String name, int tolerance) throws IOException {
    decode(name, Golden.fixture(name), 3);
    JsonNode expected = Golden.tree().get("decode").get(name);
    assertEquals(expected.get("height").intValue(), raster.height());
    assertEquals(expected.get("width").intValue(), raster.width());
    byte[] rgb = Golden.bytes(expected.get("rgb"));
    for (int i = 0; i < rgb.length; i++) {
      assertEquals(rgb[i] & 0xff, raster.pixels()[i] & 0xff, tolerance, name + " byte " + i);
    }
  }

  @Test
  void makesGreyAsPillowDoes() throws IOException {
    Raster pattern = Golden.pattern(16, 256);
    pattern.toGrey();
    assertArrayEquals(
        Golden.bytes(Golden.tree().get("grey")), Arrays.copyOf(pattern.pixels(), pattern.size()));
    decode("grey.jpg", Golden.fixture("grey.jpg"), 1);
    byte[] one = decoded();
    decode("grey.jpg", Golden.fixture("grey.jpg"), 3);
    for (int i = 0; i < one.length; i++) {
      assertEquals(one[i], raster.pixels()[3 * i + 2]);
    }
  }

  /**
   * For EXIF orientation o: the position of the upright pixel (y, x) in the stored picture of
   * height h and width w.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void turnsUpright(int orientation) throws IOException {
    byte[] plain = Golden.fixture("colour.jpg");
    decode("plain", plain, 3);
    byte[] stored = decoded();
    int h = raster.height();
    int w = raster.width();
    decode("turned", withOrientation(plain, orientation), 3);
    boolean swapped = orientation >= 5;
    assertEquals(swapped ? w : h, raster.height());
    assertEquals(swapped ? h : w, raster.width());
    for (int y = 0; y < raster.height(); y++) {
      for (int x = 0; x < raster.width(); x++) {
        int[] from =
            switch (orientation) {
              case 1 -> new int[] {y, x};
              case 2 -> new int[] {y, w - 1 - x};
              case 3 -> new int[] {h - 1 - y, w - 1 - x};
              case 4 -> new int[] {h - 1 - y, x};
              case 5 -> new int[] {x, y};
              case 6 -> new int[] {h - 1 - x, y};
              case 7 -> new int[] {h - 1 - x, w - 1 - y};
              default -> new int[] {x, w - 1 - y};
            };
        for (int c = 0; c < 3; c++) {
          assertEquals(
              stored[(from[0] * w + from[1]) * 3 + c],
              raster.pixels()[(y * raster.width() + x) * 3 + c],
              "pixel " + y + ", " + x);
        }
      }
    }
  }

  /**
   * Puts an APP1 segment with one big-endian TIFF entry, tag 0x0112, after the start-of-image
   * marker.
   */
  private static byte[] withOrientation(byte[] jpeg, int orientation) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, 2);
    out.writeBytes(new byte[] {(byte) 0xff, (byte) 0xe1, 0, 34});
    out.writeBytes("Exif\0\0MM\0*\0\0\0\10\0\1".getBytes(StandardCharsets.ISO_8859_1));
    out.writeBytes(new byte[] {1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte) orientation, 0, 0, 0, 0, 0, 0});
    out.write(jpeg, 2, jpeg.length - 2);
    return out.toByteArray();
  }

  /** ImageNet has a PNG whose name ends in JPEG, n02105855_2933. */
  @Test
  void decodesByContentAndNotByName() throws IOException {
    decode("palette.png", Golden.fixture("palette.png"), 3);
    byte[] expected = decoded();
    decode("n02105855_2933.JPEG", Golden.fixture("palette.png"), 3);
    assertArrayEquals(expected, decoded());
  }

  /** Some of ImageNet's JPEGs have damaged EXIF, of which Pillow warns and which it passes over. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing follows
        "MM", // cut off
        "XX\0*\0\0\0\10\0\1\1\u0012\0\3\0\0\0\1\0\6\0\0\0\0\0\0", // no byte order
        "MM\0*\u00ff\u00ff\u00ff\u00ff\0\1", // a directory beyond the end
        "MM\0*\0\0\0\10\u00ff\u00ff\1\u0012\0\3", // more entries than there are bytes
        "MM\0*\0\0\0\10\0\1\1\u0012\0\3\0\0\0\1\0\0\0\0\0\0\0\0", // orientation 0
        "MM\0*\0\0\0\10\0\1\1\u0012\0\3\0\0\0\1\0\11\0\0\0\0\0\0", // orientation 9
      })
  void passesOverDamagedExif(String exif) throws IOException {
    byte[] plain = Golden.fixture("colour.jpg");
    decode("plain", plain, 3);
    byte[] expected = decoded();
    byte[] content = ("Exif\0\0" + exif).getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(plain, 0, 2);
    file.writeBytes(new byte[] {(byte) 0xff, (byte) 0xe1, 0, (byte) (2 + content.length)});
    file.writeBytes(content);
    file.write(plain, 2, plain.length - 2);
    decode("damaged EXIF", file.toByteArray(), 3);
    assertArrayEquals(expected, decoded());
  }

  @ParameterizedTest
  @ValueSource(strings = {"colour.jpg", "progressive.jpg", "cmyk.jpg", "palette.png", "alpha.png"})
  void refusesEveryTruncation(String name) throws IOException {
    byte[] whole = Golden.fixture(name);
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      ImageDecodeException refusal =
          assertThrows(ImageDecodeException.class, () -> decode(name, part, 3));
      assertEquals(name, refusal.name());
      assertTrue(
          refusal.toString().contains("image " + name + " does not decode: "), refusal.toString());
    }
  }

  @Test
  void saysWhyItRefuses() throws IOException {
    byte[] jpeg = Golden.fixture("colour.jpg");
    assertReason("truncated JPEG of 300 bytes", Arrays.copyOf(jpeg, 300));
    assertReason(
        "truncated JPEG", Arrays.copyOf(Arrays.copyOf(jpeg, jpeg.length - 40), jpeg.length + 100));
    assertReason("the file is empty", new byte[0]);
    assertReason(
        "no image: its 11 bytes begin with 68 65 6c 6c 6f 20 77 6f; JPEG, PNG, WebP",
        "hello world".getBytes(StandardCharsets.UTF_8));
    assertReason(
        "a JPEG without image data",
        new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xd9});
    byte[] huge = jpeg.clone();
    int frame = find(huge, 0xc0);
    Arrays.fill(huge, frame + 4, frame + 8, (byte) 0xff);
    assertReason("65535x65535 pixels, more than", huge);
    byte[] png = Golden.fixture("grey.png");
    assertReason("truncated PNG", Arrays.copyOf(png, png.length - 1));
    png[45] ^= 1;
    assertReason("fails its check sum", png);
  }

  private void assertReason(String reason, byte[] file) {
    ImageDecodeException refusal =
        assertThrows(ImageDecodeException.class, () -> decode("it", file, 3));
    assertTrue(refusal.reason().contains(reason), refusal.reason());
  }

  private static int find(byte[] jpeg, int marker) {
    int at = 0;
    while ((jpeg[at] & 0xff) != 0xff || (jpeg[at + 1] & 0xff) != marker) {
      at++;
    }
    return at + 1;
  }

  @Test
  void ignoresBytesAfterTheEnd() throws IOException {
    byte[] jpeg = Golden.fixture("colour.jpg");
    decode("padded", Arrays.copyOf(jpeg, jpeg.length + 1000), 3);
    assertEquals(13, raster.height());
  }

  @Test
  void decodesTheSharedPictures() throws IOException {
    for (String tar : new String[] {"cifar10.tar", "imagenet-250.tar"}) {
      Map<String, byte[]> files = SharedData.firstFiles(SharedData.requireTar(tar), 25);
      assertEquals(25, files.size());
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        decode(file.getKey(), file.getValue(), 3);
        assertTrue(raster.height() >= 32 && raster.width() >= 32, file.getKey());
      }
    }
  }

  @Test
  void throwsAfterClose() throws IOException {
    ImageDecoder decoder = new ImageDecoder();
    decoder.close();
    decoder.close();
    byte[] file = Golden.fixture("colour.jpg");
    EncodedImage image = decoder.open("it", file);
    assertThrows(IllegalStateException.class, () -> decoder.decode(image, 3, raster));
  }
}
