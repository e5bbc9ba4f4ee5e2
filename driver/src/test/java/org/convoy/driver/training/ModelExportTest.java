package org.convoy.driver.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.formats.ArtifactFormats;
import org.convoy.driver.config.RecipeException;
import org.convoy.driver.config.RecipeLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelExportTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @Test
  void aRunWritesTheFormatsOfItsRecipeBesideTheModel() throws Exception {
    Path run = folder.resolve("run");
    try (SmallRuns runs = new SmallRuns(folder)) {
      runs.train(runs.data(), run, false, "max-steps=1", "artifact.formats=[onnx, safetensors]");
    }
    Path saved = run.resolve("model/weights.safetensors");
    assertEquals(-1, Files.mismatch(saved, run.resolve("model.safetensors")));
    Path later = folder.resolve("later.onnx");
    ModelExport.Result result =
        new ModelExport(ArtifactFormats.get("onnx"), false, false, false)
            .write(run.resolve("model").toString(), later.toString(), new Configuration());
    assertEquals("resnet20", result.model());
    assertEquals(later.toString(), result.destination());
    assertEquals(-1, Files.mismatch(later, run.resolve("model.onnx")), "the same bytes");
    assertFalse(Files.exists(run.resolve(".model.onnx.tmp")));
  }

  @Test
  void unknownFormatsAreRefusedWithTheirKey() {
    RecipeException refused =
        assertThrows(
            RecipeException.class,
            () ->
                new RecipeLoader()
                    .parse(
                        "model.name = resnet20, data.location = /data",
                        "here",
                        List.of("artifact.formats=[caffe]")));
    assertTrue(refused.toString().contains("artifact.formats: expected some of onnx, "));
  }
}
