package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two tasks of a barrier stage, with the settings that {@code spark-submit} would pass. */
final class DoctorCommandTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @BeforeEach
  void submit() {
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
  void examinesEveryTask() throws IOException {
    Path out = folder.resolve("run");
    CommandLineRun run = CommandLineRun.of("doctor", "--out", out, "--megabytes", 1, "--json");
    JsonNode result = run.json();
    assertEquals(2, result.get("wanted").intValue());
    assertEquals(2, result.get("executors").size());
    for (JsonNode executor : result.get("executors")) {
      assertEquals(System.getProperty("java.version"), executor.at("/java/version").textValue());
      assertEquals("", executor.get("kernels_failure").textValue(), run::out);
      assertTrue(executor.at("/limits/visible_processors").intValue() > 0, run::out);
      assertTrue(executor.at("/temp/write_rate").doubleValue() > 0, run::out);
      assertTrue(executor.at("/output/read_rate").doubleValue() > 0, run::out);
      assertEquals("", executor.at("/network/failure").textValue(), run::out);
      JsonNode link = executor.at("/network/links/0");
      assertEquals(1 - executor.get("rank").intValue(), link.get("rank").intValue());
      assertTrue(link.get("latency_seconds").doubleValue() > 0, run::out);
      assertTrue(link.get("rate").doubleValue() > 0, run::out);
    }
    for (JsonNode finding : result.get("findings")) {
      assertFalse(finding.get("remedy").textValue().isEmpty(), run::out);
    }
    assertEquals(result.get("sound").booleanValue() ? 0 : 1, run.exitCode());
    try (Stream<Path> left = Files.list(out)) {
      assertEquals(List.of(), left.toList(), "files that rates were measured with");
    }
  }

  @Test
  void aFaultIsNamedWithItsRemedyAndFails() throws IOException {
    Path recipe = folder.resolve("recipe.conf");
    Files.writeString(
        recipe,
        """
        name = nowhere
        model.name = resnet20
        data { uri = "%s", train = train, validation = "" }
        """
            .replace("%s", folder.resolve("no-data").toString()));
    CommandLineRun run = CommandLineRun.of("doctor", recipe, "--megabytes", 1);
    assertEquals(1, run.exitCode(), run::err);
    List<String> lines = run.out().lines().toList();
    int fault = lines.indexOf(lines.stream().filter(l -> l.startsWith("fault")).findFirst().get());
    assertTrue(lines.get(fault).contains("data.uri cannot be read"), run::out);
    assertTrue(lines.get(fault + 1).contains("data.uri=hdfs:///DIR"), run::out);
    assertTrue(run.out().startsWith("2 executors of 2 asked for"), run::out);
    assertEquals("a run would fail: mend the faults first", lines.get(lines.size() - 1));
  }

  @Test
  void requestsThatCannotBeAreRefused() throws IOException {
    Path recipe = folder.resolve("recipe.conf");
    Files.writeString(recipe, "nmae = wrong");
    assertEquals(2, CommandLineRun.of("doctor", recipe).exitCode());
    assertEquals(2, CommandLineRun.of("doctor", "--megabytes", 0).exitCode());
    assertEquals(2, CommandLineRun.of("doctor", "--set", "epochs=3").exitCode());
    System.clearProperty("spark.master");
    CommandLineRun noSpark = CommandLineRun.of("doctor");
    assertEquals(2, noSpark.exitCode());
    assertTrue(noSpark.err().contains("deploy/convoy"), noSpark::err);
  }
}
