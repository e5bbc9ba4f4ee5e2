package org.convoy.image.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.BytePointer;
import org.convoy.image.codec.EncodedImage;
import org.convoy.image.codec.ImageDecodeException;
import org.convoy.image.codec.ImageDecoder;
import org.convoy.image.codec.JpegEncoder;
import org.convoy.image.codec.JpegReplacement;
import org.convoy.image.codec.JpegReplacementException;
import org.convoy.image.codec.PngEncoder;
import org.convoy.image.codec.Raster;
import org.convoy.image.codec.Window;
import org.convoy.image.kernels.PixelLibrary;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.BatchLoader;
import org.convoy.image.loader.Decoding;
import org.convoy.image.loader.ImageSource;
import org.convoy.image.loader.JpegDecoders;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.loader.OnBadImage;
import org.convoy.image.loader.PixelForm;
import org.convoy.image.transform.CornerCrop;
import org.convoy.image.transform.CounterRandom;
import org.convoy.image.transform.Normalisation;
import org.convoy.image.transform.Preprocessing;
import org.convoy.image.transform.Size;
import org.convoy.kernels.cuda.FakeNvjpeg;
import org.convoy.kernels.cuda.FakeNvjpeg.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How nvJPEG is called, by something in its place whose pixels are the host's, inverted: what
 * reaches it, what comes back, what is left to the host, and that nothing is left behind.
 */
class NvjpegDecodersTest {
  private static final Size SIZE = new Size(9, 13);
  private static final int UNSUPPORTED = 4;
  private static final Preprocessing CROP =
      new Preprocessing(
          3,
          SIZE.height(),
          SIZE.width(),
          List.of(new CornerCrop(SIZE, CornerCrop.Corner.BOTTOM_RIGHT)),
          List.of(new CornerCrop(SIZE, CornerCrop.Corner.BOTTOM_RIGHT)),
          Normalisation.named("none", 3));

  private final FakeNvjpeg fake = new FakeNvjpeg(12, 4, NvjpegDecodersTest::inverted);

  @BeforeEach
  void needsNativeCode() {
    assumeTrue(PixelLibrary.isThere(), "needs native code for pixels");
  }

  /** Progressive files are not decoded. */
  private static Outcome inverted(byte[] file) {
    for (int i = 0; i + 1 < file.length; i++) {
      if (file[i] == (byte) 0xff && file[i + 1] == (byte) 0xc2) {
        return new Outcome(new byte[0], UNSUPPORTED);
      }
    }
    try (ImageDecoder decoder = new ImageDecoder();
        Raster raster = new Raster()) {
      EncodedImage image = decoder.open("it", file);
      decoder.decode(image, 3, raster);
      byte[] pixels = raster.pixels().clone();
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) ~pixels[i];
      }
      return new Outcome(pixels, 0);
    } catch (ImageDecodeException e) {
      return new Outcome(new byte[0], 3);
    }
  }

  private static byte[] noise() {
    byte[] pixels = new byte[40 * 50 * 3];
    CounterRandom random = CounterRandom.ofSeed(3);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) random.nextInt(256);
    }
    return pixels;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        NvjpegDecodersTest.class.getResourceAsStream("/org/convoy/image/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private static List<List<ImageSource>> batch(List<byte[]> files) {
    List<ImageSource> sources = new ArrayList<>();
    for (byte[] file : files) {
      sources.add(new ImageSource(sources.size(), "image-" + sources.size(), 0, () -> file));
    }
    return List.of(sources);
  }

  private static LoaderOptions options(int capacity) {
    return new LoaderOptions(capacity, 2, 1, OnBadImage.SKIP).with(PixelForm.BYTES);
  }

  private static byte[] pixels(BatchLoader loader) throws IOException, InterruptedException {
    try (loader;
        Batch batch = loader.next().orElseThrow()) {
      BytePointer from = batch.pixels();
      byte[] pixels = new byte[(int) from.capacity()];
      from.get(pixels);
      return pixels;
    }
  }

  @Test
  void whatItDecodesAndWhatIsLeftToTheHost() throws Exception {
    List<byte[]> files =
        List.of(
            resource("codec/jpegs/444.jpg"),
            resource("codec/jpegs/420.jpg"),
            JpegEncoder.encode(noise(), 40, 50, 80),
            resource("codec/jpegs/420-progressive.jpg"),
            resource("codec/jpegs/grey.jpg"),
            resource("cmyk.jpg"),
            PngEncoder.encode(noise(), 40, 50),
            new byte[] {1, 2});
    LoaderOptions host = options(files.size());
    byte[] expected = pixels(BatchLoader.forTraining(batch(files).iterator(), CROP, 1, 0, host));
    int image = CROP.floatsPerImage();
    for (int i = 0; i < 3 * image; i++) {
      expected[i] = (byte) ~expected[i];
    }
    try (NvjpegDecoders decoders = new NvjpegDecoders(fake.open())) {
      LoaderOptions there = host.with(Decoding.NVJPEG).with(decoders);
      byte[] found = pixels(BatchLoader.forTraining(batch(files).iterator(), CROP, 1, 0, there));
      assertArrayEquals(expected, found);
      assertEquals(3, decoders.decoded());
      assertEquals(3, decoders.leftOut());
      assertEquals(List.of("library"), fake.left());
      byte[] evaluated = pixels(BatchLoader.forEvaluation(batch(files).iterator(), CROP, there));
      assertEquals((byte) ~expected[0], evaluated[0]);
      assertEquals(3, decoders.decoded());
    }
    assertEquals(List.of(), fake.left());
  }

  /** Memory grows with the pictures. */
  @Test
  void theOrderOfCalls() throws Exception {
    byte[] small = JpegEncoder.encode(Arrays.copyOf(noise(), 20 * 50 * 3), 20, 50, 80);
    byte[] large = JpegEncoder.encode(noise(), 40, 50, 80);
    try (NvjpegDecoders decoders = new NvjpegDecoders(fake.open())) {
      assertEquals(
          List.of("nvjpegGetProperty", "nvjpegGetProperty", "cuCtxSetCurrent", "nvjpegCreateEx"),
          fake.calls());
      try (JpegReplacement decoder = decoders.open().orElseThrow()) {
        assertEquals(
            List.of("cuCtxSetCurrent", "nvjpegJpegStateCreate", "cuStreamCreate"), fake.calls());
        List<String> decode = List.of("nvjpegDecode", "cuMemcpy2DAsync_v2", "cuStreamSynchronize");
        assertTrue(decode(decoder, small, 20));
        assertEquals(calls(List.of("cuCtxSetCurrent", "cuMemAlloc_v2"), decode), fake.calls());
        assertTrue(decode(decoder, large, 40));
        assertEquals(
            calls(List.of("cuCtxSetCurrent", "cuMemFree_v2", "cuMemAlloc_v2"), decode),
            fake.calls());
        assertTrue(decode(decoder, small, 20));
        assertEquals(calls(List.of("cuCtxSetCurrent"), decode), fake.calls());
      }
      assertEquals(
          List.of(
              "cuCtxSetCurrent",
              "cuStreamSynchronize",
              "cuMemFree_v2",
              "nvjpegJpegStateDestroy",
              "cuStreamDestroy_v2"),
          fake.calls());
    }
    assertEquals(List.of("cuCtxSetCurrent", "nvjpegDestroy"), fake.calls());
    assertEquals(List.of(), fake.left());
  }

  private static List<String> calls(List<String> first, List<String> then) {
    List<String> all = new ArrayList<>(first);
    all.addAll(then);
    return all;
  }

  private static boolean decode(JpegReplacement decoder, byte[] file, int height) {
    try (BytePointer bytes = new BytePointer(file);
        BytePointer out = new BytePointer(3 * 4 * 3)) {
      return decoder.decode(
          bytes.address(), file.length, height, 50, new Window(5, 6, 3, 4), out.address());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 9, 10})
  void aFileThatIsRefusedDisturbsNoOther(int status) throws Exception {
    boolean[] refuses = {true};
    FakeNvjpeg other =
        new FakeNvjpeg(
            13, 0, file -> refuses[0] ? new Outcome(new byte[0], status) : inverted(file));
    byte[] file = JpegEncoder.encode(noise(), 40, 50, 80);
    try (NvjpegDecoders decoders = new NvjpegDecoders(other.open());
        JpegReplacement decoder = decoders.open().orElseThrow()) {
      assertFalse(decode(decoder, file, 40));
      refuses[0] = false;
      assertTrue(decode(decoder, file, 40));
      assertEquals(1, decoders.decoded());
    }
    assertEquals(List.of(), other.left());
  }

  /** It is no fault of an image, so none is skipped. */
  @Test
  void aFailureOfTheGpuEndsTheRun() throws Exception {
    byte[] file = JpegEncoder.encode(noise(), 40, 50, 80);
    FakeNvjpeg broken = new FakeNvjpeg(12, 1, any -> new Outcome(new byte[0], 6));
    try (NvjpegDecoders decoders = new NvjpegDecoders(broken.open())) {
      LoaderOptions options = options(1).with(Decoding.NVJPEG).with(decoders);
      IllegalStateException failure =
          assertThrows(
              IllegalStateException.class,
              () ->
                  pixels(
                      BatchLoader.forTraining(
                          batch(List.of(file)).iterator(), CROP, 1, 0, options)));
      assertTrue(failure.toString().contains("image image-0"), failure::toString);
      assertTrue(failure.toString().contains("nvjpegDecode returned status 6"), failure::toString);
    }
    fake.limit(100);
    try (NvjpegDecoders decoders = new NvjpegDecoders(fake.open());
        JpegReplacement decoder = decoders.open().orElseThrow()) {
      String failure =
          assertThrows(JpegReplacementException.class, () -> decode(decoder, file, 40)).toString();
      assertTrue(failure.contains("the GPU has no 6000 bytes of memory left"), failure);
    }
    assertEquals(List.of(), fake.left());
  }

  @ParameterizedTest
  @CsvSource({"12, 0", "11, 9"})
  void anOldLibraryIsRefused(int major, int minor) {
    FakeNvjpeg old = new FakeNvjpeg(major, minor, NvjpegDecodersTest::inverted);
    String refusal = assertThrows(UnsupportedOperationException.class, old::open).toString();
    assertTrue(refusal.contains("nvJPEG is " + major + "." + minor), refusal);
    assertTrue(refusal.contains("expected 12.1 or newer"), refusal);
    assertEquals(List.of(), old.left());
  }

  @Test
  void aLoaderWithoutItIsRefused() {
    byte[] file = JpegEncoder.encode(noise(), 40, 50, 80);
    LoaderOptions options = options(1).with(Decoding.NVJPEG).with(JpegDecoders.HOST);
    String failure =
        assertThrows(
                IllegalStateException.class,
                () ->
                    pixels(
                        BatchLoader.forTraining(
                            batch(List.of(file)).iterator(), CROP, 1, 0, options)))
            .toString();
    assertTrue(failure.contains("expected nvJPEG to decode with, got none"), failure);
  }
}
