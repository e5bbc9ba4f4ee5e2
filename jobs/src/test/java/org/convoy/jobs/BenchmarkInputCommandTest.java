package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.convoy.image.codec.JpegEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BenchmarkInputCommandTest {
  private static final int IMAGES = 3;

  private static void drawImages(Path folder) throws IOException {
    byte[] pixels = new byte[60 * 80 * 3];
    for (int image = 0; image < IMAGES; image++) {
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) (i % 240 + i / 240 + 5 * image);
      }
      Path file = folder.resolve("data/train/stripes/" + image + ".jpg");
      Files.createDirectories(file.getParent());
      Files.write(file, JpegEncoder.encode(pixels, 60, 80, 90));
    }
    Files.writeString(
        folder.resolve("recipe.conf"),
        """
        name = small, epochs = 1, schedule.learning-rate = 1
        model { name = resnet20, input = [3, 32, 32] }
        data { uri = elsewhere, train = train }
        image.train = [{random-resized-crop: 32}, horizontal-flip]
        """);
  }

  private static CommandLineRun run(Path folder, String data, String... more) {
    String[] arguments = {
      "benchmark",
      "input",
      folder.resolve(data).toString(),
      "--recipe",
      folder.resolve("recipe.conf").toString(),
      "--rounds",
      "2",
      "--threads",
      "2",
      "--json"
    };
    String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return CommandLineRun.of(all);
  }

  @Test
  void theResultHoldsItsFigures(@TempDir Path folder) throws IOException {
    drawImages(folder);
    CommandLineRun run = run(folder, "data");
    assertEquals(0, run.exitCode(), run::err);
    JsonNode result = run.json();
    assertEquals(IMAGES, result.get("images").intValue());
    for (String key : new String[] {"images_per_second_per_core", "images_per_second"}) {
      assertTrue(result.get(key).doubleValue() > 0, () -> key + " in " + result);
    }
    for (String stage : new String[] {"read", "open", "decode", "resize", "augment", "pack"}) {
      assertTrue(
          result.get("stage_us").get(stage).doubleValue() > 0, () -> stage + " in " + result);
    }
    if (result.has("bound_images_per_second")) {
      double bound = result.get("bound_images_per_second").doubleValue();
      assertTrue(bound > result.get("images_per_second_per_core").doubleValue(), result::toString);
    }
    boolean there = result.has("pillow_images_per_second");
    assertEquals(there, result.has("ratio_to_pillow"), result::toString);
    assertEquals(there ? 2 : 0, result.get("ratios_to_pillow").size(), result::toString);
  }

  @Test
  void wrongRequestsAreNamed(@TempDir Path folder) throws IOException {
    drawImages(folder);
    CommandLineRun missing = run(folder, "nothing");
    assertEquals(2, missing.exitCode());
    assertTrue(missing.err().contains("nothing"), missing::err);
    CommandLineRun none = run(folder, "data", "--images", "0");
    assertEquals(2, none.exitCode());
    assertTrue(none.err().contains("--images: expected"), none::err);
  }
}
