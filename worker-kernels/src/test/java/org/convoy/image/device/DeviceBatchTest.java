package org.convoy.image.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.FloatPointer;
import org.convoy.image.codec.JpegEncoder;
import org.convoy.image.codec.PngEncoder;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.BatchLoader;
import org.convoy.image.loader.Decoding;
import org.convoy.image.loader.ImageSource;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.loader.OnBadImage;
import org.convoy.image.loader.PixelForm;
import org.convoy.image.transform.AlternatingFlip;
import org.convoy.image.transform.CenterCrop;
import org.convoy.image.transform.ColourJitter;
import org.convoy.image.transform.CornerCrop;
import org.convoy.image.transform.CounterRandom;
import org.convoy.image.transform.HorizontalFlip;
import org.convoy.image.transform.Normalisation;
import org.convoy.image.transform.PadAndCrop;
import org.convoy.image.transform.Preprocessing;
import org.convoy.image.transform.RandomErasing;
import org.convoy.image.transform.RandomResizedCrop;
import org.convoy.image.transform.ReflectAndCrop;
import org.convoy.image.transform.Resize;
import org.convoy.image.transform.Size;
import org.convoy.image.transform.Transform;
import org.convoy.image.transform.VerticalFlip;
import org.convoy.kernels.cuda.DeviceVector;
import org.convoy.kernels.cuda.HostDevice;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Images that are cut, scaled, mirrored and normalised on a device are the numbers that the loader
 * makes of the same images. The host takes the device's place.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeviceBatchTest {
  private static final int SAMPLES = 12;
  private static final int DAMAGED = 5;
  private static final int HEIGHT = 24;
  private static final int WIDTH = 31;
  private static final Size SIZE = new Size(HEIGHT, WIDTH);
  private static final Transform FLIP = new HorizontalFlip(0.5);
  private static final Transform ERASING =
      new RandomErasing(1, List.of(0.1, 0.3), List.of(0.5, 2.0));
  private static final Transform CROP = RandomResizedCrop.of(SIZE);

  /** Each decodes to noise of another size, as PNG and as JPEG in turn; the last place is empty. */
  private final List<byte[]> files = new ArrayList<>();

  private final List<HostDevice> opened = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // set before the first test
  private HostDevice upwards;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private HostDevice downwards;

  @BeforeAll
  void open() {
    try {
      upwards = new HostDevice(false);
      opened.add(upwards);
      downwards = new HostDevice(true);
      opened.add(downwards);
    } catch (UnsupportedOperationException e) {
      assumeTrue(false, "" + e.getMessage());
      throw e;
    }
    CounterRandom random = CounterRandom.ofSeed(11);
    for (int i = 0; i < SAMPLES - 1; i++) {
      int height = 1 + random.nextInt(i < 4 ? 40 : 130);
      int width = 1 + random.nextInt(i < 4 ? 40 : 170);
      byte[] pixels = new byte[height * width * 3];
      for (int p = 0; p < pixels.length; p++) {
        pixels[p] = (byte) random.nextInt(256);
      }
      files.add(
          i % 2 == 0
              ? PngEncoder.encode(pixels, height, width)
              : JpegEncoder.encode(pixels, height, width, 90));
    }
    files.set(DAMAGED, new byte[] {1, 2, 3});
  }

  @AfterAll
  void close() {
    opened.forEach(HostDevice::close);
  }

  private static Preprocessing image(int channels, Transform... training) {
    return new Preprocessing(
        channels,
        HEIGHT,
        WIDTH,
        List.of(training),
        List.of(new Resize(40), new CenterCrop(SIZE)),
        Normalisation.named("imagenet", channels));
  }

  static Stream<Arguments> images() {
    return Stream.of(
            image(3, CROP, FLIP),
            image(1, CROP, FLIP),
            image(3, new Resize(HEIGHT + 9), new PadAndCrop(SIZE, 6), new AlternatingFlip()),
            image(3, new PadAndCrop(SIZE, 70), FLIP),
            image(3, FLIP, CROP),
            image(3, CROP, new CornerCrop(new Size(20, 20), CornerCrop.Corner.BOTTOM_RIGHT), CROP),
            image(3, new Resize(50), CROP, new HorizontalFlip(1), FLIP),
            image(3, new ColourJitter(0.4, 0.4, 0.4, 0.1), CROP, FLIP),
            image(3, CROP, new VerticalFlip(0.5)),
            image(3, CROP, ERASING, FLIP),
            image(1, new ReflectAndCrop(SIZE, 5), FLIP))
        .map(Arguments::of);
  }

  private List<List<ImageSource>> batch() {
    List<ImageSource> sources = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      byte[] file = files.get(i);
      sources.add(new ImageSource(i, "image-" + i, 0, () -> file));
    }
    return List.of(sources);
  }

  private static LoaderOptions options(PixelForm form, Decoding decoding) {
    return new LoaderOptions(SAMPLES, 1, 1, OnBadImage.SKIP).with(form).with(decoding);
  }

  private BatchLoader load(Preprocessing image, boolean training, LoaderOptions options) {
    return training
        ? BatchLoader.forTraining(batch().iterator(), image, 9, 2, options)
        : BatchLoader.forEvaluation(batch().iterator(), image, options);
  }

  private float[] onHost(Preprocessing image, boolean training, Decoding decoding)
      throws Exception {
    float[] numbers = new float[SAMPLES * image.floatsPerImage()];
    LoaderOptions options = options(PixelForm.NORMALISED, decoding);
    try (BatchLoader loader = load(image, training, options);
        Batch batch = loader.next().orElseThrow()) {
      batch.images().get(numbers);
      assertThrows(IllegalStateException.class, batch::pixels);
      assertThrows(IllegalStateException.class, batch::windows);
    }
    return numbers;
  }

  private float[] onDevice(
      HostDevice device,
      Preprocessing image,
      boolean training,
      LoaderOptions options,
      boolean mirrored)
      throws Exception {
    int floats = SAMPLES * image.floatsPerImage();
    float[] found = new float[floats];
    try (BatchLoader loader = load(image, training, options);
        Batch batch = loader.next().orElseThrow();
        DeviceBatch there = new DeviceBatch(device, image, SAMPLES, options.form());
        DeviceVector input = new DeviceVector(device, floats);
        FloatPointer brought = new FloatPointer(floats)) {
      assertThrows(IllegalStateException.class, batch::images);
      assertThrows(IllegalStateException.class, batch::imagesBuffer);
      there.put(batch);
      (mirrored ? there.mirroredInput() : there.input()).launch(input.address());
      input.download(brought, 0, floats);
      brought.get(found);
      assertEquals(0, batch.weights()[DAMAGED]);
    }
    return found;
  }

  @ParameterizedTest
  @MethodSource("images")
  void theNumbersOfTheLoader(Preprocessing image) throws Exception {
    for (Decoding decoding : List.of(Decoding.EXACT, Decoding.SCALED)) {
      float[] expected = onHost(image, true, decoding);
      for (PixelForm form : List.of(PixelForm.BYTES, PixelForm.WINDOWS)) {
        LoaderOptions options = options(form, decoding);
        assertArrayEquals(expected, onDevice(upwards, image, true, options, false));
        assertArrayEquals(expected, onDevice(downwards, image, true, options, false));
      }
    }
    float[] evaluated = onHost(image, false, Decoding.EXACT);
    LoaderOptions windows = options(PixelForm.WINDOWS, Decoding.EXACT);
    assertArrayEquals(evaluated, onDevice(upwards, image, false, windows, false));
  }

  @ParameterizedTest
  @MethodSource("images")
  void mirroredNumbers(Preprocessing image) throws Exception {
    float[] expected = onHost(image, false, Decoding.EXACT);
    for (int row = 0; row < expected.length; row += WIDTH) {
      for (int left = row, right = row + WIDTH - 1; left < right; left++, right--) {
        float kept = expected[left];
        expected[left] = expected[right];
        expected[right] = kept;
      }
    }
    for (PixelForm form : List.of(PixelForm.BYTES, PixelForm.WINDOWS)) {
      LoaderOptions options = options(form, Decoding.EXACT);
      assertArrayEquals(expected, onDevice(upwards, image, false, options, true));
    }
  }

  /** What the batch has no memory for is resized on the host. */
  @Test
  void imagesThatAreTooLargeForTheBatch() throws Exception {
    Preprocessing image = image(3, new Resize(HEIGHT + 9), new CenterCrop(SIZE), FLIP);
    byte[] noise = new byte[400 * 400 * 3];
    CounterRandom random = CounterRandom.ofSeed(12);
    for (int p = 0; p < noise.length; p++) {
      noise[p] = (byte) random.nextInt(256);
    }
    byte[] before = files.get(0);
    files.set(0, PngEncoder.encode(noise, 400, 400));
    try {
      LoaderOptions options = options(PixelForm.WINDOWS, Decoding.EXACT);
      float[] expected = onHost(image, true, Decoding.EXACT);
      assertArrayEquals(expected, onDevice(upwards, image, true, options, false));
    } finally {
      files.set(0, before);
    }
  }

  /** Of an image that is cut alone no pixel more than the cut crosses. */
  @Test
  void whatIsNotNeededDoesNotCross() throws Exception {
    Preprocessing image = image(3, new Resize(HEIGHT + 9), new CenterCrop(SIZE));
    byte[] file = PngEncoder.encode(new byte[(HEIGHT + 9) * 120 * 3], HEIGHT + 9, 120);
    ImageSource source = new ImageSource(0, "wide", 0, () -> file);
    LoaderOptions options = options(PixelForm.WINDOWS, Decoding.EXACT);
    try (BatchLoader loader =
            BatchLoader.forTraining(List.of(List.of(source)).iterator(), image, 9, 2, options);
        Batch batch = loader.next().orElseThrow()) {
      long headers = SAMPLES * 6L * Long.BYTES;
      long tables = 3L * (HEIGHT + WIDTH) * Integer.BYTES;
      long all = headers + tables + HEIGHT * WIDTH * 3L;
      assertEquals((all + 15) / 16 * 16, batch.windows().capacity());
    }
  }

  @Test
  void aBatchOfAnotherSizeIsRefused() throws Exception {
    Preprocessing image = image(3, CROP, FLIP);
    LoaderOptions options = options(PixelForm.BYTES, Decoding.EXACT);
    try (DeviceBatch there = new DeviceBatch(upwards, image, SAMPLES + 1, PixelForm.BYTES);
        BatchLoader loader = load(image, true, options);
        Batch batch = loader.next().orElseThrow()) {
      String refusal =
          assertThrows(IllegalArgumentException.class, () -> there.put(batch)).toString();
      assertTrue(refusal.contains("expected a batch of 13 samples, got one of 12"), refusal);
    }
  }
}
