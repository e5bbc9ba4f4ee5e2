package org.convoy.image.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.convoy.image.SharedData;
import org.convoy.image.kernels.PixelLibrary;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Windows of JPEGs against the same windows of what OpenCV decodes. */
class WindowsTest {
  private static final long SEED = 18;

  private final Random random = new Random(SEED);

  @BeforeEach
  void needsNativeCode() {
    Assumptions.assumeTrue(PixelLibrary.isThere(), "needs native code for pixels");
  }

  private static List<Path> jpegs() throws Exception {
    Path folder = Path.of(WindowsTest.class.getResource("jpegs").toURI());
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void everySamplingIsEqualToTheByte() throws Exception {
    List<Path> files = jpegs();
    assertEquals(9, files.size());
    for (Path file : files) {
      requireSame(file.getFileName().toString(), Files.readAllBytes(file), 150);
    }
  }

  @Test
  void photographsAreEqualToTheByte() throws IOException {
    Path tar = SharedData.requireTar("imagenet-250.tar");
    for (Map.Entry<String, byte[]> file : SharedData.firstFiles(tar, 40).entrySet()) {
      requireSame(file.getKey(), file.getValue(), 4);
    }
  }

  private void requireSame(String name, byte[] file, int windows) throws IOException {
    try (ImageDecoder decoder = new ImageDecoder();
        OpenCvDecoder openCv = new OpenCvDecoder();
        Raster whole = new Raster();
        Raster part = new Raster()) {
      EncodedImage image = decoder.open(name, file);
      if (!image.decodesWindows()) {
        return; // CMYK, or not upright.
      }
      int height = image.height();
      int width = image.width();
      try {
        openCv.decode(file, width, height, whole);
      } catch (RefusalException e) {
        throw new AssertionError(name, e);
      }
      for (int i = 0; i < windows; i++) {
        Window window = i == 0 ? Window.whole(height, width) : draw(height, width);
        decoder.decode(image, 1, window, 3, part);
        assertArrayEquals(crop(whole, window), used(part), () -> name + " " + window);
      }
    }
  }

  private Window draw(int height, int width) {
    int rows = 1 + random.nextInt(height);
    int columns = 1 + random.nextInt(width);
    return new Window(
        random.nextInt(height - rows + 1), random.nextInt(width - columns + 1), rows, columns);
  }

  private static byte[] crop(Raster whole, Window window) {
    byte[] part = new byte[window.height() * window.width() * 3];
    for (int y = 0; y < window.height(); y++) {
      System.arraycopy(
          whole.pixels(),
          (window.top() + y) * whole.rowBytes() + 3 * window.left(),
          part,
          3 * y * window.width(),
          3 * window.width());
    }
    return part;
  }

  private static byte[] used(Raster raster) {
    return Arrays.copyOf(raster.pixels(), raster.size());
  }

  @Test
  void whatTheLibraryRefusesIsNamed() throws Exception {
    byte[] file = Files.readAllBytes(jpegs().get(0));
    file[indexOf(file, 0xDB)] = (byte) 0xE5; // The quantisation table is now of another program.
    try (ImageDecoder decoder = new ImageDecoder();
        Raster into = new Raster()) {
      EncodedImage image = decoder.open("tables", file);
      ImageDecodeException refusal =
          assertThrows(
              ImageDecodeException.class,
              () -> decoder.decode(image, 1, new Window(0, 0, 8, 8), 3, into));
      assertEquals(
          "image tables does not decode: the decoder says: Quantization table 0x00 was not defined",
          refusal.getMessage());
      byte[] good = Files.readAllBytes(jpegs().get(1));
      decoder.decode(decoder.open("good", good), 1, new Window(0, 0, 8, 8), 3, into);
      assertEquals(3 * 8 * 8, into.size());
    }
  }

  private static int indexOf(byte[] file, int marker) {
    for (int i = 0; i + 1 < file.length; i++) {
      if (file[i] == (byte) 0xff && file[i + 1] == (byte) marker) {
        return i + 1;
      }
    }
    throw new AssertionError("no marker " + marker);
  }
}
