package org.convoy.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.ArtifactFormat;
import org.convoy.artifact.formats.ArtifactFormats;
import org.convoy.driver.training.ModelExport;
import org.convoy.settings.RequestException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convoy export}: writes a saved model in the format of another program. */
@Command(
    name = "export",
    description = {
      "Writes a saved model in the format of another program. The saved model stays as it is, and"
          + " nothing is replaced: PATH must not exist."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "%nExamples:",
      "  deploy/convoy export runs/quickstart/model --format onnx --out shapes.onnx",
      "  deploy/convoy export runs/quickstart/model --format onnx --image-input --probabilities"
          + " --out served.onnx"
    })
public final class ExportCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      paramLabel = "MODEL",
      description = "Folder of a saved model, on any Hadoop file system.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String model;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      required = true,
      completionCandidates = FormatNames.class,
      description = "One of: ${COMPLETION-CANDIDATES}.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String format;

  @Option(
      names = "--out",
      paramLabel = "PATH",
      required = true,
      description = "The file or folder to write, on any Hadoop file system.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String destination;

  @Option(
      names = "--image-input",
      description =
          "The network takes 8-bit pixels, (batch, height, width, channels), and normalises them"
              + " itself. The image must have the network's size already.")
  private boolean imageInput;

  @Option(
      names = "--probabilities",
      description =
          "The network gives probabilities instead of logits: by softmax, or by sigmoid for the"
              + " task multi-label.")
  private boolean probabilities;

  @Option(
      names = "--fold-norms",
      description = "Batch normalisation is folded into the layer before it.")
  private boolean foldNorms;

  @Mixin private final JsonOption json = new JsonOption();

  /** The names for the help text. */
  static final class FormatNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return names().iterator();
    }
  }

  /** The library's formats, and the one that a process of its own writes. */
  private static List<String> names() {
    List<String> names = new ArrayList<>(ArtifactFormats.names());
    names.add(Dl4jFormat.NAME);
    return names;
  }

  private ArtifactFormat wanted() {
    if (format.equals(Dl4jFormat.NAME)) {
      return Dl4jFormat.built();
    }
    return RequestException.asked(() -> ArtifactFormats.get(format));
  }

  @Override
  public Integer call() throws IOException {
    ArtifactFormat wanted = wanted();
    ModelExport export = new ModelExport(wanted, imageInput, probabilities, foldNorms);
    Configuration hadoop = new Configuration();
    FileSystems.require("MODEL", Locations.of(model), hadoop);
    FileSystems.require("--out", Locations.of(destination), hadoop);
    ModelExport.Result written =
        export.write(Locations.of(model), Locations.of(destination), hadoop);
    PrintWriter out = spec.commandLine().getOut();
    if (!json.wanted()) {
      out.println(written.model() + " as " + wanted.name() + " in " + written.destination());
      out.flush();
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("model", written.model());
    result.put("format", wanted.name());
    result.put("weights_sha256", written.weightsSha256());
    result.put("destination", written.destination());
    json.print(out, result);
    return 0;
  }
}
