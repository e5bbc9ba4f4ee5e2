package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExplainCommandTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private Path shapes;

  @BeforeEach
  void write() throws IOException {
    SmallModel.write(folder);
    shapes = folder.resolve("shapes/validation");
  }

  private CommandLineRun explain(Path images, Path out, Object... more) {
    Object[] arguments = new Object[5 + more.length];
    System.arraycopy(
        new Object[] {"explain", folder.resolve("model"), images, "--out", out},
        0,
        arguments,
        0,
        5);
    System.arraycopy(more, 0, arguments, 5, more.length);
    return CommandLineRun.of(arguments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"grad-cam", "integrated-gradients", "occlusion"})
  void drawsAPictureForEachImage(String method) throws IOException {
    Path out = folder.resolve("why");
    CommandLineRun run =
        explain(shapes.resolve("ring"), out, "--method", method, "--class", "bar", "--json");
    assertEquals(0, run.exitCode(), run::err);
    JsonNode summary = run.json();
    assertEquals(summary, new ObjectMapper().readTree(out.resolve("summary.json").toFile()));
    assertEquals(method, summary.get("method").textValue());
    assertEquals(SmallModel.PER_CLASS, summary.get("images").size());
    for (JsonNode each : summary.get("images")) {
      assertEquals("bar", each.get("class").textValue());
      BufferedImage picture = ImageIO.read(out.resolve(each.get("picture").textValue()).toFile());
      assertEquals(256, picture.getHeight());
      assertEquals(256, picture.getWidth());
    }
    if (method.equals("integrated-gradients")) {
      JsonNode first = summary.get("images").get(0);
      double difference = first.get("difference").doubleValue();
      assertEquals(difference, first.get("sum").doubleValue(), 0.05 * Math.abs(difference) + 1e-3);
    }
  }

  @Test
  void theReceptiveFieldIsOnePicture() throws IOException {
    Path out = folder.resolve("field");
    CommandLineRun run =
        explain(shapes.resolve("bar"), out, "--method", "receptive-field", "--json");
    assertEquals(0, run.exitCode(), run::err);
    double side = run.json().get("side").doubleValue();
    assertTrue(side > 3 && side <= 32, run::out);
    assertEquals(256, ImageIO.read(out.resolve("receptive-field.png").toFile()).getWidth());
  }

  @Test
  void imagesThatDoNotDecodeAreNamed() throws IOException {
    Files.writeString(shapes.resolve("bar/0000.jpg"), "this is text");
    Path out = folder.resolve("why");
    CommandLineRun run = explain(shapes.resolve("bar"), out, "--json");
    assertEquals(1, run.exitCode(), run::err);
    assertTrue(run.err().contains("convoy: 1 of 2 images did not decode"), run::err);
    assertTrue(run.json().get("images").get(0).has("error"), run::out);
    assertTrue(run.json().get("images").get(1).has("picture"), run::out);
  }

  @Test
  void wrongRequestsGiveTwoAndWriteNothing() throws IOException {
    Path ring = shapes.resolve("ring");
    Path out = folder.resolve("why");
    CommandLineRun label = explain(ring, out, "--class", "dodo");
    assertEquals(2, label.exitCode(), label::err);
    assertTrue(label.err().contains("resnet20 has no class \"dodo\"; it has 10: "), label::err);
    CommandLineRun method = explain(ring, out, "--method", "guess");
    assertEquals(2, method.exitCode(), method::err);
    assertTrue(method.err().contains("known: grad-cam, "), method::err);
    CommandLineRun layer = explain(ring, out, "--layer", "fc");
    assertEquals(2, layer.exitCode(), layer::err);
    assertTrue(layer.err().contains("expected a layer of feature maps"), layer::err);
    assertFalse(Files.exists(out));
    CommandLineRun there = explain(ring, folder.resolve("model"));
    assertEquals(2, there.exitCode(), there::err);
    assertTrue(there.err().contains("--out: expected a new folder"), there::err);
  }
}
