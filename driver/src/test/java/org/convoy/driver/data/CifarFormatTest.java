package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The binary files of CIFAR-10. */
class CifarFormatTest {
  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  private static byte[] cifar(int... labels) {
    ByteBuffer file = ByteBuffer.allocate(labels.length * 3073);
    for (int label : labels) {
      file.put((byte) label);
      for (int i = 0; i < 3072; i++) {
        file.put((byte) (i / 1024 * 50 + label));
      }
    }
    return file.array();
  }

  @Test
  void cifarReadsAsColourImages() throws IOException {
    for (int batch = 1; batch <= 5; batch++) {
      Files.write(folder.resolve("data_batch_" + batch + ".bin"), cifar(batch % 2, 3));
    }
    Files.write(folder.resolve("test_batch.bin"), cifar(3, 0));
    Files.writeString(folder.resolve("batches.meta.txt"), "plane\ncar\nbird\ncat\n\n");
    SampleIndex index = Samples.index(folder, "train");
    assertEquals(List.of("plane", "car", "bird", "cat"), index.classes());
    assertEquals(10, index.count());
    try (SampleReader reader = new SampleReader(index, 2, 1 << 20, Samples.HADOOP)) {
      byte[] image = reader.read(0);
      byte[] header = Samples.bytes("P6\n32 32\n255\n");
      assertEquals(header.length + 3072, image.length);
      assertArrayEquals(
          new byte[] {0, 50, 100, 0, 50, 100},
          Arrays.copyOfRange(image, header.length, header.length + 6));
    }
    assertEquals(2, Samples.index(folder, "test").count());
    Files.write(folder.resolve("data_batch_3.bin"), new byte[3072]);
    assertTrue(
        Samples.refused(folder, "train").contains("data_batch_3.bin"),
        Samples.refused(folder, "train"));
    assertTrue(
        Samples.refused(folder, "dev").contains("train and test"), Samples.refused(folder, "dev"));
  }
}
