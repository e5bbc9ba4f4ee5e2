package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs with the settings that {@code spark-submit} would pass as system properties. */
final class FindRateCommandTest {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.master", "local[1]",
          "spark.app.name", "find-rate",
          "spark.driver.host", "localhost",
          "spark.driver.bindAddress", "127.0.0.1");

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path folder;

  @BeforeEach
  void submit() throws IOException {
    SETTINGS.forEach(System::setProperty);
    new ShapesGenerator(new ShapesSettings(2, 1, 16, 5)).write(folder.resolve("shapes"));
    Files.writeString(
        folder.resolve("small.conf"),
        """
        model { name = resnet20, input = [3, 16, 16] }
        batch { micro-batches = 1, micro-batch-size = 4 }
        epochs = 3
        schedule { name = step, milestones = [2], warm-up-epochs = 1 }
        checkpoint.best = true
        data.uri = "%s"
        """
            .replace("%s", folder.resolve("shapes").toString()));
  }

  @AfterEach
  void restore() {
    SETTINGS.keySet().forEach(System::clearProperty);
  }

  /** Two images of each class make 5 steps an epoch; the recipe's own schedule does not matter. */
  @Test
  void everyStepHasItsRateAndASecondCallTrainsNothing() throws IOException {
    CommandLineRun run = findRate("--steps", "24", "--from", "0.0001", "--to", "0.1");
    assertTrue(run.exitCode() == 0 || run.exitCode() == 1, run::err);
    JsonNode points = run.json().get("points");
    assertEquals(24, points.size(), run::err);
    for (int i = 0; i < points.size(); i++) {
      assertEquals(-4 + 3 * i / 23.0, Math.log10(points.get(i).get("rate").asDouble()), 1e-9);
    }
    assertTrue(
        Files.readString(folder.resolve("rate/rate.html")).contains("Loss by learning rate"));
    CommandLineRun again = findRate("--steps", "24", "--from", "0.0001", "--to", "0.1");
    assertEquals(run.json(), again.json());
  }

  /** At such rates the loss is soon no number; what came before is shown. */
  @Test
  void aRunThatDivergesIsNotAFailure() throws IOException {
    CommandLineRun run = findRate("--steps", "20", "--from", "0.001", "--to", "1e30");
    assertTrue(run.json().get("points").size() >= 1, run::err);
    assertTrue(run.json().get("points").size() < 20, run::err);
  }

  @Test
  void wrongRequestsAreRefused() {
    refused("--steps: expected at least 20, got 5", "--steps", "5");
    refused("expected rates above 0 that rise, got 1.0 and 0.5", "--from", "1", "--to", "0.5");
    refused("expected a number, for the rate", "--set", "batch.micro-batch-size=auto");
  }

  private void refused(String told, String... options) {
    CommandLineRun run = findRate(options);
    assertEquals(2, run.exitCode(), run::err);
    assertTrue(run.err().contains(told), run::err);
  }

  private CommandLineRun findRate(String... options) {
    List<Object> arguments = new ArrayList<>(List.of("find-rate", folder.resolve("small.conf")));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("--out", folder.resolve("rate"), "--json"));
    return CommandLineRun.of(arguments.toArray());
  }
}
