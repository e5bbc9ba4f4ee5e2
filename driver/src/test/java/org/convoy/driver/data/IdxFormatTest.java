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

/** Files of MNIST. */
class IdxFormatTest {
  @SuppressWarnings("NullAway.Init") // Set before each test.
  @TempDir
  Path folder;

  private void idx(String prefix, int rows, int columns, int... labels) throws IOException {
    ByteBuffer images = ByteBuffer.allocate(16 + labels.length * rows * columns);
    images.putInt(0x803).putInt(labels.length).putInt(rows).putInt(columns);
    ByteBuffer classes = ByteBuffer.allocate(8 + labels.length);
    classes.putInt(0x801).putInt(labels.length);
    for (int i = 0; i < labels.length; i++) {
      classes.put((byte) labels[i]);
      for (int pixel = 0; pixel < rows * columns; pixel++) {
        images.put((byte) (10 * i + pixel));
      }
    }
    Files.write(folder.resolve(prefix + "-images-idx3-ubyte"), images.array());
    Files.write(folder.resolve(prefix + "-labels-idx1-ubyte"), classes.array());
  }

  @Test
  void mnistReadsAsGreyImages() throws IOException {
    idx("train", 2, 3, 7, 0, 7);
    idx("t10k", 2, 3, 0, 7);
    SampleIndex index = Samples.index(folder, "train");
    assertEquals(List.of("0", "7"), index.classes());
    assertEquals(List.of("0/1", "7/0", "7/2"), Samples.described(index));
    try (SampleReader reader = new SampleReader(index, 2, 1 << 20, Samples.HADOOP)) {
      byte[] header = Samples.bytes("P5\n3 2\n255\n");
      assertArrayEquals(Samples.join(header, new byte[] {10, 11, 12, 13, 14, 15}), reader.read(0));
      assertArrayEquals(Samples.join(header, new byte[] {20, 21, 22, 23, 24, 25}), reader.read(2));
    }
    assertEquals(2, Samples.index(folder, "validation").count());
  }

  @Test
  void damagedMnistIsRefused() throws IOException {
    idx("train", 2, 3, 7, 0, 7);
    Path images = folder.resolve("train-images-idx3-ubyte");
    byte[] whole = Files.readAllBytes(images);
    Files.write(images, Arrays.copyOf(whole, whole.length - 1));
    assertTrue(
        Samples.refused(folder, "train").contains("cut short"), Samples.refused(folder, "train"));
    byte[] negative = whole.clone();
    negative[8] = -1;
    Files.write(images, negative);
    assertTrue(
        Samples.refused(folder, "train").contains("dimension 1"), Samples.refused(folder, "train"));
    Files.write(images, whole);
    Files.delete(folder.resolve("train-labels-idx1-ubyte"));
    assertTrue(
        Samples.refused(folder, "train").contains("train-labels"),
        Samples.refused(folder, "train"));
  }
}
