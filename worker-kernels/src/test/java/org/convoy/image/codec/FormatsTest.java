package org.convoy.image.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import org.convoy.image.Golden;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares every supported format and variant with Pillow, and checks refusals. */
class FormatsTest {
  private static final Raster RASTER = new Raster();
  private static ImageDecoder decoder;
  private static JsonNode golden;

  @BeforeAll
  static void open() throws IOException {
    decoder = new ImageDecoder();
    golden = new ObjectMapper().readTree(Golden.fixture("codec/formats.json"));
  }

  @AfterAll
  static void close() {
    decoder.close();
  }

  static List<String> fixtures() throws IOException {
    List<String> names = new ArrayList<>();
    new ObjectMapper()
        .readTree(Golden.fixture("codec/formats.json"))
        .fieldNames()
        .forEachRemaining(names::add);
    return names;
  }

  private static byte[] fixture(String name) throws IOException {
    return Golden.fixture("codec/formats/" + name);
  }

  private static void decode(String name, byte[] file) throws ImageDecodeException {
    decoder.decode(decoder.open(name, file), 3, RASTER);
  }

  /** Lossless formats match exactly except for rounding, the others within 3. */
  @ParameterizedTest
  @MethodSource("fixtures")
  void decodesAsPillowDoes(String name) throws IOException {
    decode(name, fixture(name));
    JsonNode expected = golden.get(name);
    assertEquals(expected.get("height").intValue(), RASTER.height());
    assertEquals(expected.get("width").intValue(), RASTER.width());
    assertPixels(Golden.bytes(expected.get("rgb")), name);
  }

  private static void assertPixels(byte[] rgb, String name) {
    assertEquals(rgb.length, RASTER.size(), name);
    int tolerance = name.contains("jpg") || name.contains("webp") ? 3 : 1;
    for (int i = 0; i < rgb.length; i++) {
      assertEquals(rgb[i] & 0xff, RASTER.pixels()[i] & 0xff, tolerance, name + " byte " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void statesTheSizeBeforeItDecodes(String name) throws IOException {
    EncodedImage image = decoder.open(name, fixture(name));
    assertEquals(golden.get(name).get("height").intValue(), image.height());
    assertEquals(golden.get(name).get("width").intValue(), image.width());
    assertTrue(image.decodingBytes() >= 3L * image.height() * image.width());
  }

  /** A part of a file is refused, unless the missing bytes do not belong to the picture. */
  @ParameterizedTest
  @MethodSource("fixtures")
  void refusesPartsOfFiles(String name) throws IOException {
    byte[] whole = fixture(name);
    byte[] rgb = Golden.bytes(golden.get(name).get("rgb"));
    int step = Math.max(1, whole.length / 300);
    // If the last number of a plain PNM lacks digits, no reader can notice.
    int end = name.startsWith("plain") ? whole.length - 4 : whole.length;
    for (int length = 0; length < end; length += step) {
      try {
        decode(name, Arrays.copyOf(whole, length));
      } catch (ImageDecodeException refused) {
        continue;
      }
      assertPixels(rgb, name + " cut to " + length);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GIF89a, a GIF",
    "xxxxftypavif, an AVIF file",
    "xxxxftypheic, a HEIF or video file",
    "P7, a PAM file",
    "<!DOCTYPE html>, a file of HTML or XML",
    "%PDF-1.4, a PDF file",
    "#?RADIANCE, a Radiance HDR file"
  })
  void namesUnsupportedFormats(String start, String reason) {
    assertReason(
        reason + "; JPEG, PNG, WebP, TIFF, BMP, PNM (PGM, PPM, PBM) are read",
        start.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A file that takes 6 GB from a decoder that trusts it. */
  @Test
  void refusesAnEnormousGif() {
    assertReason(
        "a GIF",
        HexFormat.of()
            .parseHex("474946383961ffffffff8000000000000000002c00000000ffffffff0002024401003b"));
  }

  @Test
  void readsTheSizeOfEveryFormatFirst() throws IOException {
    ByteBuffer bmp = ByteBuffer.wrap(fixture("rle8.bmp").clone()).order(ByteOrder.LITTLE_ENDIAN);
    bmp.putInt(18, 60000).putInt(22, 60000);
    assertReason("60000x60000 pixels, more than", bmp.array());
    byte[] png = fixture("rgb8.png").clone();
    ByteBuffer.wrap(png).putInt(16, 30000).putInt(20, 30000);
    assertReason("30000x30000 pixels, more than", png);
    byte[] webp = fixture("lossless.webp").clone();
    Arrays.fill(webp, 21, 24, (byte) 0xff);
    webp[24] |= 0x0f;
    assertReason("16384x16384 pixels, more than", webp);
    assertReason(
        "90000x90000 pixels, more than", "P5 90000 90000 255\n".getBytes(StandardCharsets.UTF_8));
    byte[] tiff = fixture("strips.tif").clone();
    ByteBuffer entries = ByteBuffer.wrap(tiff).order(ByteOrder.LITTLE_ENDIAN);
    int directory = entries.getInt(4);
    entries.putShort(directory + 2 + 8, (short) 65000).putShort(directory + 14 + 8, (short) 65000);
    assertReason("65000x65000 pixels, more than", tiff);
  }

  /** The claimed size must fit in the file's bytes before anything is allocated. */
  @Test
  void refusesPicturesThatDoNotFitInTheirBytes() throws IOException {
    byte[] png = fixture("rgb8.png").clone();
    ByteBuffer header = ByteBuffer.wrap(png).putInt(16, 13000).putInt(20, 13000);
    CRC32 sum = new CRC32();
    sum.update(png, 12, 17);
    header.putInt(29, (int) sum.getValue());
    assertReason("are too few for 13000x13000 pixels", png);
    byte[] bmp = fixture("rgb24.bmp").clone();
    ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN).putInt(18, 13000).putInt(22, 13000);
    assertReason("truncated BMP", bmp);
    assertReason("truncated PNM", "P5 13000 13000 255\n".getBytes(StandardCharsets.UTF_8));
    byte[] tiff = fixture("lzw.tif").clone();
    ByteBuffer entries = ByteBuffer.wrap(tiff).order(ByteOrder.LITTLE_ENDIAN);
    int directory = entries.getInt(4);
    for (int i = 0; i < entries.getShort(directory); i++) {
      int entry = directory + 2 + 12 * i;
      int tag = entries.getShort(entry);
      if (tag == 256 || tag == 257 || tag == 278) {
        entries.putShort(entry + 2, (short) 4).putInt(entry + 8, 13000);
      }
    }
    assertReason("cannot hold", tiff);
    byte[] jpeg = fixture("comment.jpg").clone();
    ByteBuffer.wrap(jpeg).putShort(find(jpeg, 0xc0) + 4, (short) 6000);
    ByteBuffer.wrap(jpeg).putShort(find(jpeg, 0xc0) + 6, (short) 6000);
    assertReason("too few for 6000x6000 pixels", jpeg);
    byte[] webp = fixture("lossless.webp").clone();
    ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN).putInt(21, 9999 << 14 | 9999);
    assertReason("bytes are too few for 10000x10000 pixels", webp);
    byte[] runs = fixture("rle8.bmp").clone();
    ByteBuffer.wrap(runs).order(ByteOrder.LITTLE_ENDIAN).putInt(18, 10000).putInt(22, 10000);
    assertReason("bytes are too few for 10000x10000 pixels", runs);
  }

  @Test
  void refusesByName() throws IOException {
    byte[] bmp = fixture("rgb24.bmp").clone();
    bmp[30] = 4;
    assertReason("BMP: compression 4 with 24 bits per pixel", bmp);
    byte[] indexes = fixture("pal8.bmp").clone();
    indexes[46] = 2;
    assertReason("of a palette of 2", indexes);
    for (String[] each :
        new String[][] {
          {"4", "TIFF: compressed as a fax"},
          {"7", "TIFF: compressed as JPEG"},
          {"50000", "TIFF: compression 50000"}
        }) {
      assertReason(each[1], withTag(fixture("strips.tif"), 259, Integer.parseInt(each[0])));
    }
    assertReason("colours stored as YCbCr", withTag(fixture("strips.tif"), 262, 6));
    byte[] scans = fixture("comment.jpg");
    assertReason("a JPEG of more than 100 scans", withScans(scans, 101));
    byte[] lossless = scans.clone();
    lossless[find(lossless, 0xc0)] = (byte) 0xc3;
    assertReason("a lossless or hierarchical JPEG", lossless);
    byte[] twelve = scans.clone();
    twelve[find(twelve, 0xc0) + 3] = 12;
    assertReason("a JPEG of 12 bits per sample", twelve);
    assertReason("PNM: a maximum of 70000", "P5 1 1 70000\n\0".getBytes(StandardCharsets.UTF_8));
    assertReason("a sample of 9", "P2 1 1 8\n9 ".getBytes(StandardCharsets.UTF_8));
    byte[] webp = fixture("animated.webp").clone();
    int frame = new String(webp, StandardCharsets.ISO_8859_1).indexOf("ANMF");
    webp[frame + 8] = 1;
    assertReason("an animation whose first frame does not cover its canvas", webp);
  }

  private static byte[] withTag(byte[] file, int tag, int value) {
    byte[] tiff = file.clone();
    ByteBuffer entries = ByteBuffer.wrap(tiff).order(ByteOrder.LITTLE_ENDIAN);
    int directory = entries.getInt(4);
    for (int i = 0; i < entries.getShort(directory); i++) {
      int entry = directory + 2 + 12 * i;
      if (entries.getShort(entry) == tag) {
        entries.putShort(entry + 8, (short) value);
      }
    }
    return tiff;
  }

  private static byte[] withScans(byte[] jpeg, int count) {
    int scan = find(jpeg, 0xda) - 1;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, scan);
    for (int i = 0; i < count; i++) {
      out.write(jpeg, scan, jpeg.length - 2 - scan);
    }
    out.write(jpeg, jpeg.length - 2, 2);
    return out.toByteArray();
  }

  /** The index of the code byte of a marker. */
  private static int find(byte[] jpeg, int marker) {
    int at = 2;
    while ((jpeg[at + 1] & 0xff) != marker) {
      at += 2 + (((jpeg[at + 2] & 0xff) << 8) | (jpeg[at + 3] & 0xff));
    }
    return at + 1;
  }

  private static void assertReason(String reason, byte[] file) {
    ImageDecodeException refusal =
        assertThrows(ImageDecodeException.class, () -> decode("it", file));
    assertTrue(refusal.reason().contains(reason), refusal.reason());
  }
}
