package org.convoy.jobs.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.convoy.image.transform.Edit;
import org.convoy.image.transform.Placement;

/**
 * Pillow in a Python process, with the same images. It decodes, crops, resizes and mirrors them
 * with the decisions that it is given. It changes no values and does not normalise.
 */
final class Pillow implements AutoCloseable {
  /** Python as the user has it, then the system's, for which distributions package Pillow. */
  private static final List<String> PYTHONS = List.of("python3", "/usr/bin/python3");

  private final ObjectMapper json = new ObjectMapper();
  private final Path folder;
  private final Process process;
  private final BufferedReader answers;
  private final Writer requests;
  private final String version;

  /**
   * What one round gave.
   *
   * @param seconds for all images
   * @param means of all values of each image, 0 to 255
   */
  record Round(double seconds, double[] means) {}

  private Pillow(Path folder, Process process) throws IOException {
    this.folder = folder;
    this.process = process;
    answers = process.inputReader(StandardCharsets.UTF_8);
    requests = process.outputWriter(StandardCharsets.UTF_8);
    version = answer().get("version").asText();
  }

  /** Starts it with these image files; empty if no Python here has Pillow. */
  static Optional<Pillow> start(List<byte[]> files) throws IOException, InterruptedException {
    for (String python : PYTHONS) {
      if (hasPillow(python)) {
        return Optional.of(start(python, files));
      }
    }
    return Optional.empty();
  }

  private static boolean hasPillow(String python) throws InterruptedException {
    try {
      return silent(new ProcessBuilder(python, "-c", "import PIL.Image")).start().waitFor() == 0;
    } catch (IOException e) {
      return false; // There is no such program.
    }
  }

  private static ProcessBuilder silent(ProcessBuilder builder) {
    return builder
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD);
  }

  private static Pillow start(String python, List<byte[]> files) throws IOException {
    Path folder = Files.createTempDirectory("convoy-pillow");
    for (int i = 0; i < files.size(); i++) {
      Files.write(folder.resolve(Integer.toString(i)), files.get(i));
    }
    Path script = folder.resolve("pillow.py");
    try (InputStream source = Pillow.class.getResourceAsStream("pillow.py")) {
      if (source == null) {
        throw new IllegalStateException("pillow.py is missing beside " + Pillow.class);
      }
      Files.copy(source, script);
    }
    Process process =
        new ProcessBuilder(
                python, script.toString(), folder.toString(), Integer.toString(files.size()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new Pillow(folder, process);
  }

  String version() {
    return version;
  }

  /** Makes all images once. Of their edits it makes those that move pixels. */
  Round round(List<List<Edit>> edits) throws IOException {
    List<List<int[]>> steps = new ArrayList<>();
    for (List<Edit> each : edits) {
      steps.add(
          each.stream()
              .filter(Placement.class::isInstance)
              .map(Placement.class::cast)
              .map(Pillow::step)
              .toList());
    }
    requests.write(json.writeValueAsString(steps));
    requests.write('\n');
    requests.flush();
    JsonNode answer = answer();
    double[] means = json.convertValue(answer.get("means"), double[].class);
    return new Round(answer.get("seconds").doubleValue(), means);
  }

  private static int[] step(Placement placement) {
    return new int[] {
      placement.left(),
      placement.top(),
      placement.left() + placement.width(),
      placement.top() + placement.height(),
      placement.outWidth(),
      placement.outHeight(),
      placement.mirrored() ? 1 : 0
    };
  }

  private JsonNode answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("Pillow's process ended; its error is above");
    }
    return json.readTree(line);
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
