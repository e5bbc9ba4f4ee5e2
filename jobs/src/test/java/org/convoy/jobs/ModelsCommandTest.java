package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** The document is what the command prints; how to make it again stands in its head. */
  @Test
  void theDocumentListsEveryModel() throws IOException {
    CommandLineRun run = CommandLineRun.of("models", "--markdown");
    assertEquals(0, run.exitCode(), run::err);
    String document = Files.readString(Path.of("..", "docs", "models.md"));
    assertEquals(run.out(), document.substring(document.indexOf("| Network |")));
  }

  @Test
  void namesOfAnySizeAreKnown() throws IOException {
    CommandLineRun run = CommandLineRun.of("models", "efficientnet_phi_1.5", "--json");
    assertEquals(0, run.exitCode(), run::err);
    JsonNode model = run.json().get("models").get(0);
    assertEquals("[3,276,276]", model.get("input").toString());
    // Depth rounds up, so the cost is somewhat above that of B0 times 2^1.5.
    assertEquals(
        1.5, Math.log(model.get("multiply_adds").doubleValue() / 385.8e6) / Math.log(2), 0.4);
    assertEquals(2, CommandLineRun.of("models", "efficientnet_phi_99").exitCode());
  }

  /** The parts of the table add up to the figures of the network. */
  @Test
  void layersAddUp() throws IOException {
    CommandLineRun run = CommandLineRun.of("models", "resnet50", "--layers", "--json");
    assertEquals(0, run.exitCode(), run::err);
    long parameters = 0;
    long multiplyAdds = 0;
    for (JsonNode layer : run.json().get("layers")) {
      parameters += layer.get("parameters").longValue();
      multiplyAdds += layer.get("multiply_adds").longValue();
    }
    assertEquals(25_557_032, parameters);
    assertEquals(run.json().get("parameters").longValue(), parameters);
    assertEquals(run.json().get("multiply_adds").longValue(), multiplyAdds);
    JsonNode stem = run.json().get("layers").get(1);
    assertEquals("conv1", stem.get("name").textValue());
    assertEquals("[64,112,112]", stem.get("shape").toString());
    assertEquals("[7.0,7.0]", stem.get("receptive_field").toString());
  }

  @Test
  void layersFollowTheSideOfTheImage() {
    CommandLineRun run = CommandLineRun.of("models", "resnet18", "--layers", "--side", "96");
    assertEquals(0, run.exitCode(), run::err);
    List<String> lines = run.out().lines().toList();
    assertEquals(1, lines.stream().map(String::length).distinct().count(), run::out);
    assertTrue(lines.get(1).contains("3x96x96"), run::out);
    assertTrue(lines.get(lines.size() - 1).contains("11,689,512"), run::out);
    for (String[] wrong :
        new String[][] {
          {"--layers"},
          {"resnet18", "resnet50", "--layers"},
          {"resnet18", "--side", "96"},
          {"resnet18", "--layers", "--side", "0"},
          {"lenet5", "--layers", "--side", "3"}
        }) {
      Object[] arguments = new Object[wrong.length + 1];
      arguments[0] = "models";
      System.arraycopy(wrong, 0, arguments, 1, wrong.length);
      CommandLineRun refused = CommandLineRun.of(arguments);
      assertEquals(2, refused.exitCode(), refused::err);
    }
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
          "models",
          "generate",
          "predict",
          "explain",
          "export",
          "verify",
          "evaluate",
          "inspect",
          "find-rate",
          "pack",
          "benchmark",
          "search"
        }) {
      CommandLineRun run = CommandLineRun.of(command, "--help");
      assertEquals(0, run.exitCode());
      assertTrue(run.out().contains("  deploy/convoy " + command), run::out);
    }
  }
}
