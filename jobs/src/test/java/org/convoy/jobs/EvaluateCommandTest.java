package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs with the settings that {@code spark-submit} would pass as system properties. */
final class EvaluateCommandTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @BeforeEach
  void submit() throws IOException {
    SmallModel.write(folder);
    System.setProperty("spark.master", "local[2]");
    System.setProperty("spark.driver.host", "localhost");
    System.setProperty("spark.driver.bindAddress", "127.0.0.1");
  }

  @AfterEach
  void forget() {
    System.clearProperty("spark.master");
    System.clearProperty("spark.driver.host");
    System.clearProperty("spark.driver.bindAddress");
  }

  @Test
  void evaluatesASplit() throws IOException {
    CommandLineRun run = evaluate("shapes", "--split", "validation", "--batch", 4, "--json");
    assertEquals(0, run.exitCode(), run::err);
    JsonNode result = run.json();
    assertEquals(10 * SmallModel.PER_CLASS, result.get("images").intValue());
    assertEquals(2, result.get("executors").intValue());
    assertEquals(0, result.get("bad_images").intValue());
    assertEquals("resnet20", result.get("model").textValue());
    assertEquals(64, result.get("weights_sha256").textValue().length());
    assertTrue(result.get("top5").doubleValue() >= result.get("top1").doubleValue(), run::out);
    for (String figure : new String[] {"loss", "images_per_second", "seconds"}) {
      assertTrue(result.get(figure).doubleValue() > 0, run::out);
    }
  }

  @Test
  void skippedImagesAreListed() throws IOException {
    Files.writeString(folder.resolve("shapes/validation/bar/0000.jpg"), "this is text");
    CommandLineRun run = evaluate("shapes/validation", "--on-bad-image", "skip");
    assertEquals(0, run.exitCode(), run::err);
    assertTrue(run.out().contains("bar/0000.jpg"), run::out);
    CommandLineRun failed = evaluate("shapes/validation");
    assertEquals(1, failed.exitCode());
    assertTrue(failed.err().contains("bar/0000.jpg"), failed::err);
    assertEquals(1, failed.err().lines().count(), failed::err);
  }

  @Test
  void requestsThatCannotBeAreRefused() {
    assertEquals(2, evaluate("shapes", "--batch", 0).exitCode());
    assertEquals(2, evaluate("shapes", "--on-bad-image", "ignore").exitCode());
    CommandLineRun noModel = CommandLineRun.of("evaluate", folder, folder.resolve("shapes"));
    assertEquals(2, noModel.exitCode());
    assertTrue(noModel.err().contains("no saved model"), noModel::err);
    System.clearProperty("spark.master");
    CommandLineRun noSpark = evaluate("shapes");
    assertEquals(2, noSpark.exitCode());
    assertTrue(noSpark.err().contains("spark-submit"), noSpark::err);
  }

  private CommandLineRun evaluate(String data, Object... arguments) {
    Object[] command = {"evaluate", folder.resolve("model"), folder.resolve(data)};
    return CommandLineRun.of(
        java.util.stream.Stream.of(command, arguments).flatMap(java.util.Arrays::stream).toArray());
  }
}
