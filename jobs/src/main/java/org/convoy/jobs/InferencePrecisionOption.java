package org.convoy.jobs;

import org.convoy.kernels.Precision;
import picocli.CommandLine.Option;

/** {@code --precision} of the commands that compute with a saved model. Use as a {@code @Mixin}. */
public final class InferencePrecisionOption {
  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "float32",
      description =
          "What the network computes in: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})."
              + " bfloat16 is faster where processors have instructions for it; others compute in"
              + " float32.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private ComputePrecision precision;

  Precision precision() {
    return precision.precision();
  }

  /** The precision as it is written on the command line. */
  String word() {
    return precision.name();
  }
}
