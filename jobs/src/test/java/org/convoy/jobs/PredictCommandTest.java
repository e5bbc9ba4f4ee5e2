package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.SavedModel;
import org.convoy.kernels.Backends;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PredictCommandTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @BeforeEach
  void write() throws IOException {
    SmallModel.write(folder);
  }

  @Test
  void predictsFilesAndFolders() throws IOException {
    Path shapes = folder.resolve("shapes/validation");
    CommandLineRun run =
        predict(shapes.resolve("ring/0001.jpg"), shapes.resolve("bar"), "--json", "--batch", 2);
    assertEquals(0, run.exitCode(), run::err);
    JsonNode result = run.json();
    assertEquals("resnet20", result.get("model").textValue());
    assertEquals(64, result.get("weights_sha256").textValue().length());
    assertEquals(1 + SmallModel.PER_CLASS, result.get("images").size());
    JsonNode first = result.get("images").get(0);
    assertTrue(first.get("image").textValue().endsWith("ring/0001.jpg"), run::out);
    assertEquals(5, first.get("predictions").size());
    assertTrue(first.get("predictions").get(0).get("probability").doubleValue() >= 0.1, run::out);
  }

  @Test
  void aTableIsWrittenOnSparkOnly() throws IOException {
    Path shapes = folder.resolve("shapes/validation");
    CommandLineRun alone = predict(shapes, "--out", folder.resolve("table"));
    assertEquals(2, alone.exitCode(), alone::err);
    assertTrue(alone.err().contains("predict --out runs on Spark"), alone::err);
    CommandLineRun columns = predict(shapes, "--columns", "embedding");
    assertEquals(2, columns.exitCode(), columns::err);
    assertTrue(columns.err().contains("--columns: expected --out too"), columns::err);
    CommandLineRun unknown = predict(shapes, "--columns", "x", "--out", folder.resolve("table"));
    assertEquals(2, unknown.exitCode(), unknown::err);
    assertTrue(unknown.err().contains("known: [logits, probabilities, embedding]"), unknown::err);
    CommandLineRun printed = predict(shapes, "--table", "orc");
    assertEquals(2, printed.exitCode(), printed::err);
    assertTrue(printed.err().contains("--table: expected --out too"), printed::err);
  }

  @Test
  void aBackendThatCannotComputeHereIsRefused() throws IOException {
    assumeTrue(Backends.get("cudnn").unavailable().isPresent(), "this machine has a GPU");
    Path shapes = folder.resolve("shapes/validation");
    CommandLineRun gpu = predict(shapes, "--backend", "cudnn");
    assertEquals(2, gpu.exitCode(), gpu::err);
    assertTrue(gpu.err().contains("--backend: backend cudnn: "), gpu::err);
    CommandLineRun unknown = predict(shapes, "--backend", "x");
    assertEquals(2, unknown.exitCode(), unknown::err);
    assertTrue(unknown.err().contains("no backend is named x"), unknown::err);
    CommandLineRun resizing = predict(shapes, "--resize-on", "gpu");
    assertEquals(2, resizing.exitCode(), resizing::err);
    assertTrue(
        resizing.err().contains("--resize-on: expected host, for no GPU computes, got gpu"),
        resizing::err);
    CommandLineRun elsewhere = predict(shapes, "--resize-on", "disk");
    assertEquals(2, elsewhere.exitCode(), elsewhere::err);
    assertTrue(
        elsewhere.err().contains("--resize-on: expected host or gpu, got disk"), elsewhere::err);
    CommandLineRun both = predict(shapes, "--backend", "onednn", "--out", folder.resolve("table"));
    assertEquals(2, both.exitCode(), both::err);
    assertTrue(both.err().contains("--backend: expected no --out"), both::err);
  }

  @Test
  void allClassesTogetherAreCertain() throws IOException {
    Path image = folder.resolve("shapes/validation/ring/0000.jpg");
    JsonNode found = predict(image, "--top", 99, "--json").json().get("images").get(0);
    double sum = 0;
    for (JsonNode each : found.get("predictions")) {
      sum += each.get("probability").doubleValue();
    }
    assertEquals(10, found.get("predictions").size());
    assertEquals(1, sum, 1e-9);
  }

  @Test
  void undecodableImagesAreNamedAndTheOthersPredicted() throws IOException {
    Path shapes = folder.resolve("shapes/validation/bar");
    Path bad = Files.writeString(shapes.resolve("0000.jpg"), "this is text");
    CommandLineRun run = predict(shapes, "--top", 3);
    assertEquals(1, run.exitCode());
    assertTrue(run.err().startsWith("convoy: 1 of 2 images did not decode: file:" + bad), run::err);
    assertEquals(2 + 1 + 3, run.out().lines().count(), run::out);
    CommandLineRun json = predict(shapes, "--json");
    assertEquals(1, json.exitCode());
    assertEquals(1, json.json().get("bad_images").intValue());
    assertTrue(json.json().get("images").get(0).has("error"), json::out);
  }

  @Test
  void controlCharactersOfNamesDoNotReachTheTerminal() throws IOException {
    LocalStore store = new LocalStore(folder);
    SavedModel model = SavedModel.load(store, "model");
    List<String> labels = new ArrayList<>(model.labels());
    labels.set(0, "\u001b[31mred\u0000");
    new SavedModel(model.graph(), model.weights(), labels, model.preprocessing(), model.origin())
        .save(store, "odd");
    model.weights().close();
    Path image =
        Files.writeString(folder.resolve("shapes/validation/bar/\u001b[2J\n.jpg"), "this is text");
    CommandLineRun run =
        CommandLineRun.of(
            "predict",
            folder.resolve("odd"),
            Objects.requireNonNull(image.getParent()),
            "--top",
            99);
    assertTrue(run.out().contains("\\u001b[31mred\\u0000\n"), run::out);
    assertTrue(run.out().contains("/bar/\\u001b[2J\\u000a.jpg\n"), run::out);
    assertTrue(run.err().contains("/bar/\\u001b[2J\\u000a.jpg"), run::err);
    CommandLineRun unknown = CommandLineRun.of("predict", folder.resolve("\u001b[2J"), image);
    assertTrue(unknown.err().contains("/\\u001b[2J"), unknown::err);
    for (String text : List.of(run.out(), run.err(), unknown.err())) {
      assertFalse(text.contains("\u001b"), text);
    }
  }

  @Test
  void wrongRequestsGiveTwo() {
    CommandLineRun run =
        CommandLineRun.of("predict", folder.resolve("shapes"), folder.resolve("shapes"));
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("no saved model at " + folder.resolve("shapes")), run::err);
    assertEquals(2, predict(folder, "--top", 0).exitCode());
    assertEquals(2, CommandLineRun.of("predict", folder).exitCode());
  }

  @Test
  void aFlippedByteIsNamed() throws IOException {
    Path weights = folder.resolve("model/weights.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length / 2] ^= 1;
    Files.write(weights, bytes);
    CommandLineRun run = predict(folder.resolve("shapes"));
    assertEquals(1, run.exitCode());
    assertTrue(run.err().startsWith("convoy: " + weights), run::err);
    assertEquals(1, run.err().lines().count(), run::err);
  }

  private CommandLineRun predict(Object... arguments) {
    Object[] command = {"predict", folder.resolve("model")};
    return CommandLineRun.of(
        java.util.stream.Stream.of(command, arguments).flatMap(java.util.Arrays::stream).toArray());
  }
}
