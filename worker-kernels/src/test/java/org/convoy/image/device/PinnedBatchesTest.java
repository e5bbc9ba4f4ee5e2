package org.convoy.image.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.convoy.image.codec.PngEncoder;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.BatchLoader;
import org.convoy.image.loader.ImageSource;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.loader.OnBadImage;
import org.convoy.image.loader.PixelForm;
import org.convoy.image.transform.Preprocessing;
import org.convoy.kernels.cuda.Device;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The memory of batches is prepared for copies as long as it is there. */
class PinnedBatchesTest {
  private static final int AHEAD = 2;
  private static final Preprocessing IMAGE =
      Preprocessing.named("resized-crop-flip", "half", 3, 8, 8);

  private final Map<Long, Long> pinned = new HashMap<>();

  /** Takes note of what is pinned, and can do nothing else. */
  private Device device(boolean pins) {
    return (Device)
        Proxy.newProxyInstance(
            Device.class.getClassLoader(),
            new Class<?>[] {Device.class},
            (proxy, method, arguments) -> {
              long address = ((Pointer) arguments[0]).address();
              switch (method.getName()) {
                case "pin" -> {
                  if (pins) {
                    pinned.put(address, (Long) arguments[1]);
                  }
                  return pins;
                }
                case "unpin" -> {
                  assertTrue(pinned.remove(address) != null, "it was not pinned");
                  return null;
                }
                default -> throw new UnsupportedOperationException(method.getName());
              }
            });
  }

  @ParameterizedTest
  @CsvSource({"true, BYTES", "true, WINDOWS", "false, WINDOWS", "true, NORMALISED"})
  void aLoadersMemoryIsPinnedUntilItIsClosed(boolean pins, PixelForm form) throws Exception {
    byte[] file = PngEncoder.encode(new byte[20 * 30 * 3], 20, 30);
    List<ImageSource> batch = List.of(new ImageSource(0, "black", 0, () -> file));
    LoaderOptions options =
        DeviceBatch.loading(new LoaderOptions(3, 1, AHEAD, OnBadImage.FAIL), device(pins), form);
    int expected = pins && form != PixelForm.NORMALISED ? AHEAD + 1 : 0;
    try (BatchLoader loader =
        BatchLoader.forTraining(List.of(batch, batch).iterator(), IMAGE, 1, 0, options)) {
      assertEquals(expected, pinned.size());
      pinned.values().forEach(bytes -> assertEquals(form.bytes(3, 8, 8, 3), bytes));
      try (Batch next = loader.next().orElseThrow()) {
        assertEquals(expected > 0, pinned.containsKey(address(next, form)));
      }
    }
    assertTrue(pinned.isEmpty(), pinned::toString);
  }

  private static long address(Batch batch, PixelForm form) {
    Pointer pixels =
        switch (form) {
          case NORMALISED -> batch.images();
          case BYTES -> batch.pixels();
          case WINDOWS -> batch.windows();
        };
    return pixels.address();
  }
}
