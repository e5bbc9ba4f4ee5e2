package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.ModelManifest;
import org.convoy.artifact.SavedModel;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.image.transform.Preprocessing;
import org.convoy.models.Models;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;

/** The process that writes DL4J's files is built on demand, so its tests run only where it is. */
final class Dl4jFormatTest {
  private static final Path RIVALS = Path.of("rivals").toAbsolutePath();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private CommandLineRun export(String rivals, Path model) {
    String before = System.getProperty("convoy.rivals", "");
    System.setProperty("convoy.rivals", rivals);
    try {
      return CommandLineRun.of(
          "export", model, "--format", "dl4j", "--out", folder.resolve("out.zip"));
    } finally {
      System.setProperty("convoy.rivals", before);
    }
  }

  private static void assumeBuilt() {
    assumeTrue(
        Files.exists(RIVALS.resolve("dl4j/target/rival.jar")),
        "needs jobs/rivals/dl4j, which deploy/convoy export --format dl4j builds");
  }

  /** The process itself loads the file, compares its outputs with Convoy's and trains a step. */
  @Test
  void aFileOfDl4jIsWritten() throws IOException {
    assumeBuilt();
    SmallModel.write(folder);
    CommandLineRun run = export(RIVALS.toString(), folder.resolve("model"));
    assertEquals(0, run.exitCode(), run::err);
    assertTrue(Files.size(folder.resolve("out.zip")) > 500_000);
  }

  @Test
  void anOpWithoutACounterpartIsNamed() throws IOException {
    assumeBuilt();
    Graph graph = Models.get("convnext_tiny").build(Shape.of(3, 32, 32), 1);
    new SavedModel(
            graph,
            Parameters.of(graph).initialize(3, DataType.FLOAT),
            List.of("one"),
            Preprocessing.named("none", "cifar10", 3, 32, 32).evaluationOnly().toJson(),
            new ModelManifest.Origin("", "test", "", Map.of()))
        .save(new LocalStore(folder), "convnext");
    CommandLineRun run = export(RIVALS.toString(), folder.resolve("convnext"));
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("DL4J: "), run::err);
    assertFalse(Files.exists(folder.resolve("out.zip")));
  }

  @Test
  void whereTheProcessIsNotBuiltTheUserIsToldWhatBuildsIt() throws IOException {
    SmallModel.write(folder);
    CommandLineRun run = export(folder.toString(), folder.resolve("model"));
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("deploy/convoy export --format dl4j builds"), run::err);
  }
}
