package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.convoy.models.Models;
import org.junit.jupiter.api.Test;

final class ModelsCommandTest {
  /**
   * The figures are those of torchvision's ResNet-18 (its documentation: 11689512; 1.81 GFLOPS).
   */
  @Test
  void resnet18HasItsPublishedFigures() throws IOException {
    CommandLineRun run = CommandLineRun.of("models", "resnet18", "--json");
    assertEquals(0, run.exitCode(), run::err);
    JsonNode model = run.json().get("models").get(0);
    assertEquals(11_689_512, model.get("parameters").longValue());
    assertEquals(1.81e9, model.get("multiply_adds").doubleValue(), 0.005e9);
    assertEquals("[3,224,224]", model.get("input").toString());
  }

  @Test
  void everyModelHasALineAndColumnsAreAligned() {
    CommandLineRun run = CommandLineRun.of("models");
    assertEquals(0, run.exitCode(), run::err);
    List<String> lines = run.out().lines().toList();
    assertEquals(Models.all().size() + 1, lines.size());
    assertEquals(1, lines.stream().map(String::length).distinct().count(), run::out);
    assertTrue(run.out().contains("3x224x224"), run::out);
  }

  @Test
  void unknownNamesListTheKnownNames() {
    CommandLineRun run = CommandLineRun.of("models", "resnet19");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("resnet18"), run::err);
  }

  @Test
  void helpHasAnExample() {
    for (String command :
        new String[] {
          "models", "generate", "predict", "export", "verify", "evaluate", "benchmark"
        }) {
      CommandLineRun run = CommandLineRun.of(command, "--help");
      assertEquals(0, run.exitCode());
      assertTrue(run.out().contains("  deploy/convoy " + command), run::out);
    }
  }
}
