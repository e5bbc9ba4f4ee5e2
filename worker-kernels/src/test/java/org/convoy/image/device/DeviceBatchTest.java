package org.convoy.image.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.BatchLoader;
import org.convoy.image.loader.ImageSource;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.loader.OnBadImage;
import org.convoy.image.loader.PixelForm;
import org.convoy.image.shapes.ShapeKind;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.convoy.image.transform.Preprocessing;
import org.convoy.kernels.cuda.DeviceVector;
import org.convoy.kernels.cuda.HostDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Pixels that are normalised on a device are the numbers that the loader makes of the same images.
 * The host takes the device's place.
 */
class DeviceBatchTest {
  private static final int SAMPLES = 4;

  /** One does not decode; the last place is empty. */
  private static List<List<ImageSource>> batch() {
    ShapesGenerator generator = new ShapesGenerator(ShapesSettings.defaults());
    List<ImageSource> sources = new ArrayList<>();
    for (int i = 0; i < SAMPLES - 1; i++) {
      byte[] file =
          i == 1
              ? new byte[] {1, 2, 3}
              : generator.draw(ShapesGenerator.Split.TRAIN, ShapeKind.values()[i], i);
      sources.add(new ImageSource(i, "image-" + i, 0, () -> file));
    }
    return List.of(sources);
  }

  private static LoaderOptions options() {
    return new LoaderOptions(SAMPLES, 1, 1, OnBadImage.SKIP);
  }

  private static HostDevice device(boolean backwards) {
    try {
      return new HostDevice(backwards);
    } catch (UnsupportedOperationException e) {
      assumeTrue(false, "" + e.getMessage());
      throw e;
    }
  }

  @ParameterizedTest
  @CsvSource({"cifar10, 3, false", "cifar10, 3, true", "half, 1, false"})
  void theNumbersOfTheLoader(String colours, int channels, boolean backwards) throws Exception {
    Preprocessing preprocessing = Preprocessing.named("pad-crop-flip", colours, channels, 32, 32);
    int floats = SAMPLES * preprocessing.floatsPerImage();
    float[] expected = new float[floats];
    try (BatchLoader loader =
            BatchLoader.forTraining(batch().iterator(), preprocessing, 9, 2, options());
        Batch batch = loader.next().orElseThrow()) {
      batch.images().get(expected);
      assertThrows(IllegalStateException.class, batch::pixels);
    }
    LoaderOptions bytes = options().with(PixelForm.BYTES);
    float[] found = new float[floats];
    try (HostDevice device = device(backwards);
        BatchLoader loader =
            BatchLoader.forTraining(batch().iterator(), preprocessing, 9, 2, bytes);
        Batch batch = loader.next().orElseThrow();
        DeviceBatch there =
            new DeviceBatch(device, preprocessing.normalisation(), SAMPLES, 32 * 32);
        DeviceVector input = new DeviceVector(device, floats);
        FloatPointer brought = new FloatPointer(floats)) {
      assertThrows(IllegalStateException.class, batch::images);
      assertThrows(IllegalStateException.class, batch::imagesBuffer);
      there.put(batch.pixels(), batch.weights());
      there.launch(input.address());
      input.download(brought, 0, floats);
      brought.get(found);
    }
    assertArrayEquals(expected, found);
  }

  @Test
  void aBatchOfAnotherSizeIsRefused() {
    Preprocessing preprocessing = Preprocessing.named("pad-crop-flip", "cifar10", 3, 32, 32);
    try (HostDevice device = device(false);
        DeviceBatch there =
            new DeviceBatch(device, preprocessing.normalisation(), SAMPLES, 32 * 32)) {
      String refusal =
          assertThrows(
                  IllegalArgumentException.class, () -> there.put(new BytePointer(1), new float[3]))
              .toString();
      assertTrue(refusal.contains("expected one for each of 4 samples, got 3"), refusal);
    }
  }
}
