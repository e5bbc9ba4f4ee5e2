package org.convoy.jobs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.convoy.artifact.ArtifactFormat;
import org.convoy.artifact.ArtifactStore;
import org.convoy.artifact.ExportOptions;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.ModelExamples;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.StagedFile;
import org.convoy.driver.evaluation.Examples;
import org.convoy.kernels.Backends;
import org.convoy.settings.RequestException;

/**
 * A zip file of DL4J's ModelSerializer. A process with DL4J on its class path writes it ({@code
 * jobs/rivals/dl4j}), loads it again and compares its outputs with Convoy's: DL4J is larger than
 * Convoy and needs another JavaCPP, so it is no part of the jar.
 */
final class Dl4jFormat implements ArtifactFormat {
  static final String NAME = "dl4j";

  /** The exit code of the process when it cannot hold the network. */
  private static final int REFUSED = 3;

  private static final String MODEL = "model";
  private static final String RESULT = "dl4j.zip";

  private final Path target;

  private Dl4jFormat(Path target) {
    this.target = target;
  }

  /**
   * The format, where the launcher built its process.
   *
   * @throws RequestException if it is not there
   */
  static Dl4jFormat built() {
    Path target = Path.of(System.getProperty("convoy.rivals", ""), NAME, "target");
    if (!Files.isRegularFile(target.resolve("rival.jar"))) {
      throw new RequestException(
          String.format(
              Locale.ROOT,
              "dl4j: expected %s, which deploy/convoy export --format dl4j builds, got no such file",
              target.resolve("rival.jar")));
    }
    return new Dl4jFormat(target);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String suffix() {
    return ".dl4j.zip";
  }

  @Override
  public void write(SavedModel model, ExportOptions options, ArtifactStore store, String path)
      throws IOException {
    Path folder = Files.createTempDirectory("convoy-dl4j");
    try (ModelExamples examples =
        Examples.of(Backends.get("onednn"), model.graph(), model.weights())) {
      model.save(new LocalStore(folder), MODEL, Optional.of(examples));
      convert(folder);
      StagedFile.write(store, path, out -> Files.copy(folder.resolve(RESULT), out));
    } finally {
      delete(folder);
    }
  }

  private void convert(Path folder) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dorg.bytedeco.javacpp.maxbytes=0",
            "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
            "-cp",
            target.resolve("rival.jar") + ":" + target.resolve("lib") + "/*",
            "org.convoy.rivals.dl4j.Dl4jExport",
            folder.resolve(MODEL).toString(),
            folder.resolve(RESULT).toString());
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    int code;
    try {
      code = process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("dl4j: interrupted while the file was written", e);
    }
    if (code == 0) {
      return;
    }
    List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
    String last = lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
    if (code == REFUSED) {
      throw new UnsupportedOperationException(last);
    }
    throw new IOException("dl4j: the process ended with code " + code + ": " + last);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(each);
      }
    }
  }
}
