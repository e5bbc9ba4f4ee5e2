package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.convoy.image.shapes.ShapeKind;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program that times fed steps runs to its end. The host takes the place of the GPU. */
class DeviceFeedTest {

  @Test
  void fedStepsAreTimed(@TempDir Path folder) throws Exception {
    ShapesGenerator generator = new ShapesGenerator(ShapesSettings.defaults());
    for (int i = 0; i < 3; i++) {
      Files.write(
          folder.resolve(i + ".jpg"),
          generator.draw(ShapesGenerator.Split.TRAIN, ShapeKind.values()[i], i));
    }
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (EmulatedGpu gpu = new EmulatedGpu()) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      DeviceFeed.main(new String[] {"cudnn", "resnet20", "1", "float32", "1", folder.toString()});
      assertTrue(gpu.used("resize_pixels_colour"));
    } finally {
      System.setOut(before);
    }
    String text = printed.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("\"resized_on\": \"host\""), text);
    assertTrue(text.contains("\"resized_on\": \"gpu\""), text);
    assertTrue(text.contains("\"share\": "), text);
    assertTrue(text.contains("nvJPEG needs a GPU of NVIDIA's, got the host"), text);
  }
}
