package org.convoy.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.data.ImageFile;
import org.convoy.driver.evaluation.ExplanationRequest;
import org.convoy.driver.monitor.Printable;
import org.convoy.explanation.Explanation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convoy explain}: draws which parts of images a saved model's answer depends on. */
@Command(
    name = "explain",
    description = {
      "Draws which parts of images a saved model's answer depends on: a PNG file for each image,"
          + " red for what speaks for the class and blue for what speaks against it. Images that do"
          + " not decode are named and the others are explained; the exit code is then 1."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "%nExamples:",
      "  deploy/convoy explain runs/quickstart/model runs/shapes/validation/ring --out rings",
      "  deploy/convoy explain runs/quickstart/model photo.jpg --method integrated-gradients \\",
      "    --class ring --out why"
    })
public final class ExplainCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "Folder of a saved model, on any Hadoop file system.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String model;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "IMAGES",
      description = "Image files, or folders of them, on any Hadoop file system.")
  private final List<String> images = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The new folder for the pictures, on any Hadoop file system.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String out;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      defaultValue = "grad-cam",
      completionCandidates = MethodNames.class,
      description = {
        "One of: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}). receptive-field draws one"
            + " picture: the part of an image that the centre of a layer depends on, as a mean over"
            + " all images."
      })
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String method;

  @Option(
      names = "--class",
      paramLabel = "NAME",
      description = "The class to explain (default: the most probable one of each image).")
  private @Nullable String label;

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      defaultValue = "",
      description = {
        "For grad-cam and receptive-field: a layer of feature maps (default: the last one)."
      })
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String layer;

  @Mixin private final JsonOption json = new JsonOption();

  /** The names for the help text. */
  static final class MethodNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Explanation.NAMES.iterator();
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Explanation wanted = Explanation.named(method, layer);
    Configuration hadoop = new Configuration();
    FileSystems.require("MODEL", Locations.of(model), hadoop);
    FileSystems.require("--out", Locations.of(out), hadoop);
    List<ImageFile> files = new ArrayList<>();
    for (String each : images) {
      FileSystems.require("IMAGES", Locations.of(each), hadoop);
      files.addAll(ImageFile.list(Locations.of(each), hadoop));
    }
    ExplanationRequest request =
        new ExplanationRequest(
            Locations.of(model), wanted, Optional.ofNullable(label), Locations.of(out));
    Map<String, Object> summary =
        request.write(files, Runtime.getRuntime().availableProcessors(), hadoop);
    PrintWriter printer = spec.commandLine().getOut();
    int bad = (int) summary.get("bad_images");
    if (!json.wanted()) {
      printer.println(
          files.size() - bad + " images explained by " + method + ": " + Printable.name(out));
      printer.flush();
    }
    json.print(printer, summary);
    if (bad == 0) {
      return ExitCode.OK;
    }
    PrintWriter err = spec.commandLine().getErr();
    err.println("convoy: " + bad + " of " + files.size() + " images did not decode: see " + out);
    err.flush();
    return ExitCode.SOFTWARE;
  }
}
