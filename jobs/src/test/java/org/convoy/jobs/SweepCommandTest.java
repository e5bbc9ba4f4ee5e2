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
final class SweepCommandTest {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.master", "local[1]",
          "spark.app.name", "sweep",
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
        epochs = 1
        schedule.warm-up-epochs = 0
        data.uri = "%s"
        """
            .replace("%s", folder.resolve("shapes").toString()));
  }

  @AfterEach
  void restore() {
    SETTINGS.keySet().forEach(System::clearProperty);
  }

  @Test
  void runsAreComparedAndASecondCallTrainsNothing() throws IOException {
    CommandLineRun run = sweep("--over", "schedule.learning-rate=0.001,0.05", "--folds", "2");
    assertEquals(0, run.exitCode(), run::err);
    JsonNode trials = run.json().get("trials");
    assertEquals(2, trials.size());
    for (JsonNode trial : trials) {
      assertEquals(2, trial.get("scores").size());
      assertEquals(2, trial.get("steps").asInt());
      double mean =
          (trial.get("scores").get(0).asDouble() + trial.get("scores").get(1).asDouble()) / 2;
      assertEquals(mean, trial.get("mean").asDouble(), 1e-12);
    }
    assertTrue(trials.get(0).get("mean").asDouble() >= trials.get(1).get("mean").asDouble());
    Path html = folder.resolve("sweep/sweep.html");
    assertTrue(Files.readString(html).contains("schedule.learning-rate=0.05"), run::out);
    Path report = folder.resolve("sweep/trial-002/fold-2/report.html");
    String before = Files.getLastModifiedTime(report).toString();
    CommandLineRun again = sweep("--over", "schedule.learning-rate=0.001,0.05", "--folds", "2");
    assertEquals(run.json(), again.json());
    assertEquals(before, Files.getLastModifiedTime(report).toString());
  }

  @Test
  void wrongRequestsAreRefused() {
    refused("--search: expected grid, random or halving, got best", "--search", "best");
    refused("--over: expected KEY=VALUE", "--over", "epochs");
    refused("--folds: expected at least 2, got 1", "--folds", "1");
    refused("unknown key epoch", "--over", "epoch=1,2");
  }

  private void refused(String told, String... options) {
    CommandLineRun run = sweep(options);
    assertEquals(2, run.exitCode(), run::err);
    assertTrue(run.err().contains(told), run::err);
  }

  private CommandLineRun sweep(String... options) {
    List<Object> arguments = new ArrayList<>(List.of("sweep", folder.resolve("small.conf")));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("--out", folder.resolve("sweep"), "--json"));
    return CommandLineRun.of(arguments.toArray());
  }
}
