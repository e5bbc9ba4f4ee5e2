package org.convoy.jobs;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.convoy.image.shapes.PairsGenerator;
import org.convoy.image.shapes.ShapeKind;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.convoy.kernels.NativeMemory;
import org.convoy.settings.RequestException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convoy generate}: draws a data set that a small network can learn. */
@Command(
    name = "generate",
    description = {
      "Draws a learnable data set of JPEG files: ten classes of shapes of random colour, size,"
          + " rotation, texture and noise, in DEST/train/CLASS and DEST/validation/CLASS. The same"
          + " options give the same bytes."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "%nExample: 10 classes with 400 images each for training and 100 for validation",
      "  deploy/convoy generate /tmp/shapes --train-per-class 400 --validation-per-class 100"
    })
public final class GenerateCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(paramLabel = "DEST", description = "A folder on this machine, new or empty.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String destination;

  @Option(
      names = "--train-per-class",
      paramLabel = "N",
      defaultValue = "500",
      description = "Training images per class (default ${DEFAULT-VALUE}).")
  private int trainPerClass;

  @Option(
      names = "--validation-per-class",
      paramLabel = "N",
      defaultValue = "100",
      description = "Validation images per class (default ${DEFAULT-VALUE}).")
  private int validationPerClass;

  @Option(
      names = "--size",
      paramLabel = "PX",
      defaultValue = "32",
      description = "Height and width in pixels (default ${DEFAULT-VALUE}).")
  private int size;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Seed of the images (default ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--pairs",
      description =
          "Draws two shapes of different classes in each image, in DEST/train/images and"
              + " DEST/validation/images, with the labels of each in labels.csv beside.")
  private boolean pairs;

  @Mixin private final JsonOption json = new JsonOption();

  @Override
  public Integer call() throws IOException {
    ShapesSettings settings =
        RequestException.asked(
            () -> new ShapesSettings(trainPerClass, validationPerClass, size, seed));
    Path folder = localFolder(destination);
    requireEmpty(folder);
    NativeMemory.unlimited();
    long start = System.nanoTime();
    int images =
        pairs
            ? new PairsGenerator(settings).write(folder)
            : new ShapesGenerator(settings).write(folder);
    double seconds = (System.nanoTime() - start) * 1e-9;
    Map<String, Object> result = summary(folder, images);
    PrintWriter out = spec.commandLine().getOut();
    if (!json.wanted()) {
      out.println(
          String.format(
              Locale.ROOT,
              "%,d images of %d classes in %s, %.1f s",
              images,
              ShapeKind.values().length,
              folder,
              seconds));
      out.flush();
    }
    result.put("seconds", seconds);
    json.print(out, result);
    return 0;
  }

  /** Writes a summary beside the images. It contains nothing that differs between runs. */
  private Map<String, Object> summary(Path folder, int images) throws IOException {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("classes", Stream.of(ShapeKind.values()).map(ShapeKind::label).toList());
    summary.put("train_per_class", trainPerClass);
    summary.put("validation_per_class", validationPerClass);
    summary.put("size", size);
    summary.put("seed", seed);
    if (pairs) {
      summary.put("pairs", true);
    }
    summary.put("images", images);
    String text = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(summary);
    Files.writeString(folder.resolve("summary.json"), text + "\n");
    summary.put("destination", folder.toString());
    return summary;
  }

  /** The folder that a plain path or a {@code file:} URI names. */
  private static Path localFolder(String destination) {
    if (!Locations.hasScheme(destination)) {
      return Path.of(destination).toAbsolutePath().normalize();
    }
    // Hadoop parses the URI, because it accepts spaces and other characters unchanged.
    java.net.URI uri = new org.apache.hadoop.fs.Path(destination).toUri();
    if (!"file".equals(uri.getScheme()) || uri.getAuthority() != null) {
      throw new RequestException(
          "DEST: expected a folder on this machine (a path, or file:/PATH), got "
              + destination
              + "; draw it here and copy it there with 'hadoop fs -put'");
    }
    return Path.of(uri.getPath()).normalize();
  }

  private static void requireEmpty(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw new RequestException("DEST: expected a new or empty folder, " + folder + " is a file");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      if (entries.findAny().isPresent()) {
        throw new RequestException(
            "DEST: expected a new or empty folder, found files in " + folder);
      }
    }
  }
}
