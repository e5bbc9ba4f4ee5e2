package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.convoy.artifact.formats.ArtifactFormats;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ExportCommandTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @BeforeEach
  void write() throws IOException {
    SmallModel.write(folder);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void everyFormatIsWritten(String format) throws IOException {
    CommandLineRun run = export(format, "out", "--json");
    assertEquals(0, run.exitCode(), run::err);
    JsonNode result = run.json();
    assertEquals("resnet20", result.get("model").textValue());
    assertEquals(format, result.get("format").textValue());
    assertEquals(64, result.get("weights_sha256").textValue().length());
    assertEquals(folder.resolve("out").toString(), result.get("destination").textValue());
    assertTrue(Files.exists(folder.resolve("out")));
    assertFalse(Files.exists(folder.resolve(".out.tmp")));
  }

  static Iterable<String> formats() {
    return ArtifactFormats.names();
  }

  @Test
  void theSafetensorsFileHoldsTheSavedWeights() throws IOException {
    assertEquals(0, export("safetensors", "out").exitCode());
    assertEquals(
        -1, Files.mismatch(folder.resolve("out"), folder.resolve("model/weights.safetensors")));
  }

  @Test
  void nothingIsReplaced() throws IOException {
    Path there = Files.writeString(folder.resolve("out"), "mine");
    CommandLineRun run = export("safetensors", "out");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains(there + " already"), run::err);
    assertFalse(run.err().contains("killed export"), run::err);
    assertEquals("mine", Files.readString(there));
  }

  /** A store that cannot rename keeps what a killed export wrote. */
  @Test
  void aPartOfAnExportIsNamed() throws IOException {
    assertEquals(0, export("djl", "out").exitCode());
    CommandLineRun whole = export("djl", "out");
    assertEquals(2, whole.exitCode());
    assertFalse(whole.err().contains("killed export"), whole::err);
    Files.delete(folder.resolve("out/export-manifest.json"));
    CommandLineRun part = export("djl", "out");
    assertEquals(2, part.exitCode());
    assertTrue(
        part.err()
            .contains(
                folder.resolve("out")
                    + " already, a folder without export-manifest.json, as a killed export"),
        part::err);
  }

  @Test
  void wrongRequestsGiveTwo() {
    CommandLineRun unknown = export("caffe", "out");
    assertEquals(2, unknown.exitCode());
    assertTrue(unknown.err().contains("no format is named caffe; known formats:"), unknown::err);
    CommandLineRun option = export("safetensors", "out", "--probabilities");
    assertEquals(2, option.exitCode());
    assertTrue(option.err().contains("safetensors: expected no option"), option::err);
    CommandLineRun missing =
        CommandLineRun.of(
            "export", folder, "--format", "safetensors", "--out", folder.resolve("out"));
    assertEquals(2, missing.exitCode());
    assertTrue(missing.err().contains("no saved model at " + folder), missing::err);
    assertFalse(Files.exists(folder.resolve("out")));
  }

  private CommandLineRun export(String format, String out, String... options) {
    Object[] command = {
      "export", folder.resolve("model"), "--format", format, "--out", folder.resolve(out)
    };
    return CommandLineRun.of(
        Stream.concat(Arrays.stream(command), Arrays.stream(options)).toArray());
  }
}
