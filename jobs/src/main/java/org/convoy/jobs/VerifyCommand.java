package org.convoy.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.evaluation.ModelVerification;
import org.convoy.driver.evaluation.ModelVerification.CheckedFile;
import org.convoy.kernels.Backends;
import org.convoy.settings.RequestException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convoy verify}: checks that a saved model is whole and computes the same here. */
@Command(
    name = "verify",
    description = {
      "Checks every file of a saved model against its digest, and computes the examples in its"
          + " folder again: the outputs must be those of the machine that saved it. The exit code"
          + " is 1 if a file is damaged or an output is further away than the tolerance."
    },
    mixinStandardHelpOptions = true,
    footer = {"%nExample:", "  deploy/convoy verify runs/quickstart/model"})
public final class VerifyCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      paramLabel = "MODEL",
      description = "Folder of a saved model, on any Hadoop file system.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String model;

  @Option(
      names = "--tolerance",
      paramLabel = "SHARE",
      defaultValue = "1e-4",
      description =
          "The largest difference of an output, as a share of the largest output (default"
              + " ${DEFAULT-VALUE}). Other processors round differently.")
  private double tolerance;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "onednn",
      description = "The backend that computes: onednn or nd4j (default ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String backend;

  @Mixin private final JsonOption json = new JsonOption();

  @Override
  public Integer call() throws IOException {
    if (!(tolerance >= 0) || Double.isInfinite(tolerance)) {
      throw new RequestException("--tolerance: expected a number from 0, got " + tolerance);
    }
    Configuration hadoop = new Configuration();
    FileSystems.require("MODEL", Locations.of(model), hadoop);
    ModelVerification found =
        ModelVerification.of(
            Locations.of(model), RequestException.asked(() -> Backends.get(backend)), hadoop);
    PrintWriter out = spec.commandLine().getOut();
    if (!json.wanted()) {
      print(found, out);
    }
    json.print(out, toJson(found));
    if (found.holds(tolerance)) {
      return ExitCode.OK;
    }
    PrintWriter err = spec.commandLine().getErr();
    err.println("convoy: " + model + " does not hold what its manifest says");
    err.flush();
    return ExitCode.SOFTWARE;
  }

  private void print(ModelVerification found, PrintWriter out) {
    out.println(found.model() + ", weights_sha256 " + found.weightsSha256());
    for (CheckedFile file : found.files()) {
      out.println(
          "  "
              + file.problem()
                  .map(problem -> "damaged  " + problem)
                  .orElse("whole    " + file.name() + ", " + file.bytes() + " bytes"));
    }
    out.println("  " + outputs(found));
    out.flush();
  }

  private String outputs(ModelVerification found) {
    if (!found.whole()) {
      return "the examples were not computed, for a file is damaged";
    }
    return found
        .outputs()
        .map(
            each ->
                String.format(
                    Locale.ROOT,
                    "%s  outputs of %d examples: largest difference %.3g (%.3g of the largest"
                        + " output), output %d of example %d; tolerance %.3g",
                    each.relative() <= tolerance ? "same   " : "differ ",
                    each.examples(),
                    each.difference(),
                    each.relative(),
                    each.output(),
                    each.example(),
                    tolerance))
        .orElse("it was saved without examples, so no outputs were compared");
  }

  private Map<String, Object> toJson(ModelVerification found) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", found.model());
    object.put("weights_sha256", found.weightsSha256());
    object.put("holds", found.holds(tolerance));
    object.put("files", found.files().stream().map(VerifyCommand::toJson).toList());
    found
        .outputs()
        .ifPresent(
            each -> {
              object.put("examples", each.examples());
              object.put("largest_output", each.largest());
              object.put("largest_difference", each.difference());
              object.put("relative_difference", each.relative());
            });
    object.put("tolerance", tolerance);
    return object;
  }

  private static Map<String, Object> toJson(CheckedFile file) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", file.name());
    object.put("bytes", file.bytes());
    file.problem().ifPresent(problem -> object.put("problem", problem));
    return object;
  }
}
