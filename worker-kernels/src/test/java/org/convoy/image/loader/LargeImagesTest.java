package org.convoy.image.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.convoy.ChildJvm;
import org.convoy.image.transform.Preprocessing;
import org.junit.jupiter.api.Test;

/** Threads that decode large images at the same time share a heap that holds only one of them. */
class LargeImagesTest {
  private static final int SIDE = 5000;
  private static final int TOO_LARGE_SIDE = 9500;

  /** Images of 75 MB on four threads with a heap of 256 MB. Only the image of 270 MB is bad. */
  @Test
  void oneHeapHoldsThemOneAtATime() throws Exception {
    List<String> lines = ChildJvm.run(Loading.class, Map.of(), "-Xmx256m");
    String text = String.join("\n", lines);
    assertTrue(text.contains("weights [1.0, 1.0, 0.0, 1.0, 1.0, 1.0]"), text);
    assertTrue(text.contains("bad 2 no memory for its 9500x9500 pixels, 541 MB (Java heap"), text);
  }

  /** Loads six images and prints which of them count. */
  static final class Loading {
    private Loading() {}

    public static void main(String[] arguments) throws Exception {
      byte[] large = png(SIDE);
      byte[] tooLarge = png(TOO_LARGE_SIDE);
      List<ImageSource> images =
          List.of(
              new ImageSource(0, "a", 0, () -> large),
              new ImageSource(1, "b", 0, () -> large),
              new ImageSource(2, "c", 0, () -> tooLarge),
              new ImageSource(3, "d", 0, () -> large),
              new ImageSource(4, "e", 0, () -> large),
              new ImageSource(5, "f", 0, () -> large));
      try (BatchLoader loader =
              BatchLoader.forEvaluation(
                  List.of(images).iterator(),
                  Preprocessing.named("none", "none", 3, 32, 32),
                  new LoaderOptions(6, 4, 1, OnBadImage.SKIP, 128L << 20));
          Batch batch = loader.next().orElseThrow()) {
        System.out.println("weights " + Arrays.toString(batch.weights()));
        for (BadImage bad : batch.badImages()) {
          System.out.println("bad " + bad.sampleId() + " " + bad.reason());
        }
        assertEquals(0.5f, batch.imagesBuffer().get(0), 0.01f);
      }
    }

    /** A grey picture of one tone, a few hundred kilobytes. */
    private static byte[] png(int side) throws Exception {
      ByteArrayOutputStream data = new ByteArrayOutputStream();
      byte[] row = new byte[1 + side];
      Arrays.fill(row, 1, row.length, (byte) 0x80);
      try (DeflaterOutputStream deflater = new DeflaterOutputStream(data)) {
        for (int y = 0; y < side; y++) {
          deflater.write(row);
        }
      }
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      file.writeBytes("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
      byte[] header = new byte[13];
      ByteBuffer.wrap(header).putInt(side).putInt(side).put((byte) 8);
      chunk("IHDR", header, file);
      chunk("IDAT", data.toByteArray(), file);
      chunk("IEND", new byte[0], file);
      return file.toByteArray();
    }

    private static void chunk(String type, byte[] content, ByteArrayOutputStream to) {
      byte[] chunk = new byte[12 + content.length];
      ByteBuffer out = ByteBuffer.wrap(chunk).putInt(content.length);
      out.put(type.getBytes(StandardCharsets.US_ASCII)).put(content);
      CRC32 sum = new CRC32();
      sum.update(chunk, 4, 4 + content.length);
      out.putInt((int) sum.getValue());
      to.writeBytes(chunk);
    }
  }
}
