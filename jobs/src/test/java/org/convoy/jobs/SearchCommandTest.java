package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
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
final class SearchCommandTest {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.master", "local[1]",
          "spark.app.name", "search",
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
        max-steps = 2
        schedule.warm-up-epochs = 0
        data.uri = "%s"
        """
            .replace("%s", folder.resolve("shapes").toString()));
  }

  @AfterEach
  void restore() {
    SETTINGS.keySet().forEach(System::clearProperty);
  }

  /** Two networks; then a third one, with the first two as they are; then the best one's recipe. */
  @Test
  void aSearchIsProlongedAndItsBestNetworkTrains() throws IOException {
    CommandLineRun first = search(2);
    assertEquals(0, first.exitCode(), first::err);
    Path report = folder.resolve("search/trial-002/report.html");
    String before = Files.getLastModifiedTime(report).toString();
    CommandLineRun run = search(3);
    assertEquals(0, run.exitCode(), run::err);
    assertEquals(before, Files.getLastModifiedTime(report).toString());
    JsonNode trials = run.json().get("trials");
    assertEquals(3, trials.size());
    for (JsonNode trial : trials) {
      assertEquals(2, trial.get("steps").asInt());
      assertTrue(trial.get("mean").isNumber(), trial::toString);
    }
    String best = trials.get(0).get("overrides").get(0).asText();
    assertTrue(best.startsWith("model.name=mbconv_"), best);
    Path recipe = Path.of(URI.create(run.json().get("best_recipe").asText()).getPath());
    CommandLineRun trained =
        CommandLineRun.of("train", recipe, "--out", folder.resolve("best"), "--json");
    assertEquals(0, trained.exitCode(), trained::err);
    assertEquals(best, "model.name=" + trained.json().get("model").asText());
  }

  @Test
  void wrongRequestsAreRefused() {
    for (String[] wrong :
        new String[][] {
          {"--trials", "0"},
          {"--population", "0"},
          {"--sample", "20"},
          {"--most-multiply-adds", "-1"}
        }) {
      CommandLineRun run =
          CommandLineRun.of("search", folder.resolve("small.conf"), wrong[0], wrong[1]);
      assertEquals(2, run.exitCode(), run::err);
      assertTrue(run.err().contains(wrong[0] + ": expected at "), run::err);
    }
  }

  private CommandLineRun search(int trials) {
    List<Object> arguments = new ArrayList<>(List.of("search", folder.resolve("small.conf")));
    arguments.addAll(List.of("--trials", trials, "--population", 2, "--sample", 2));
    arguments.addAll(List.of("--most-multiply-adds", 5_000_000));
    arguments.addAll(List.of("--out", folder.resolve("search"), "--json"));
    return CommandLineRun.of(arguments.toArray());
  }
}
