package org.convoy.image.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import org.convoy.ChildJvm;
import org.convoy.image.codec.Raster;
import org.convoy.image.kernels.PixelLibrary;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** All variants of the native code compute the bytes that the code in Java computes. */
class PixelVariantsTest {
  private static final long SEED = 5;

  @Test
  void allVariantsComputeTheSameBytes() throws Exception {
    Assumptions.assumeTrue(PixelLibrary.isThere(), "needs native code for pixels");
    List<String> java = run("java");
    assertEquals(200, java.size());
    assertEquals(java, run("avx2"));
    assertEquals(java, run(PixelLibrary.word()));
  }

  private static List<String> run(String variant) throws Exception {
    List<String> lines =
        new ArrayList<>(ChildJvm.run(Edits.class, Map.of(), "-Dconvoy.pixels=" + variant));
    assertEquals(variant, lines.remove(0));
    return lines;
  }

  /** Prints the variant, then a line for each of many edits of drawn images. */
  static final class Edits {
    private Edits() {}

    public static void main(String[] arguments) {
      System.out.println(PixelLibrary.word());
      Random random = new Random(SEED);
      try (RasterEditor editor = new RasterEditor(Normalisation.named("none", 3));
          Raster image = new Raster()) {
        for (int i = 0; i < 200; i++) {
          int channels = random.nextBoolean() ? 3 : 1;
          image.reshape(1 + random.nextInt(90), 1 + random.nextInt(90), channels);
          byte[] pixels = new byte[image.size()];
          random.nextBytes(pixels);
          System.arraycopy(pixels, 0, image.pixels(), 0, pixels.length);
          int height = 1 + random.nextInt(image.height());
          int width = 1 + random.nextInt(image.width());
          Placement placement =
              new Placement(
                  random.nextInt(image.height() - height + 1),
                  random.nextInt(image.width() - width + 1),
                  height,
                  width,
                  1 + random.nextInt(70),
                  1 + random.nextInt(70),
                  random.nextBoolean());
          Raster result = editor.place(placement, image);
          Edit edit = edit(i % 7, random, result.height(), result.width());
          result = edit.apply(result, editor);
          CRC32 sum = new CRC32();
          sum.update(result.pixels(), 0, result.size());
          System.out.println(placement + " " + channels + " " + i % 7 + " " + sum.getValue());
        }
      }
    }

    private static Edit edit(int kind, Random random, int height, int width) {
      double factor = 2 * random.nextDouble();
      return switch (kind) {
        case 0 -> (image, by) -> Enhancement.brightness(image, factor, by);
        case 1 -> (image, by) -> Enhancement.contrast(image, factor, by);
        case 2 -> (image, by) -> Enhancement.saturation(image, factor);
        case 3 -> (image, by) -> Hue.turn(image, factor / 2 - 0.5);
        case 4 -> new Sharpness(factor);
        case 5 -> AffineMap.rotation(360 * factor - 360, height, width);
        default -> new Distortion(40 * factor, 9, -5, 0.5 + factor, 20, -10).about(width / 2.0, 3);
      };
    }
  }
}
