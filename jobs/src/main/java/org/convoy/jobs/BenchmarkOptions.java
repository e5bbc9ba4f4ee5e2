package org.convoy.jobs;

import java.util.List;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.models.Models;
import org.convoy.settings.RequestException;
import picocli.CommandLine.Option;

/** The options of every benchmark for the step that it times. Use as a {@code @Mixin}. */
public final class BenchmarkOptions {

  @Option(
      names = "--model",
      paramLabel = "NAME",
      required = true,
      description = "A network from the list of convoy models.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String model;

  @Option(
      names = "--batch",
      paramLabel = "B",
      defaultValue = "32",
      description = "Images per step (default ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--resolution",
      paramLabel = "R",
      description = "Height and width of an image in pixels (default: the paper's).")
  private int resolution;

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "float32",
      description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private ComputePrecision precision;

  @Option(names = "--inference", description = "Forward passes only, in evaluation mode.")
  private boolean inference;

  String model() {
    return model;
  }

  int batch() {
    return atLeastOne("--batch", batch);
  }

  ComputePrecision precision() {
    return precision;
  }

  boolean inference() {
    return inference;
  }

  /** The name of the mode of a step. */
  String mode() {
    return inference ? "inference" : "training";
  }

  /** The shape of an image. */
  Shape input() {
    return resolution == 0
        ? architecture().input()
        : square(atLeastOne("--resolution", resolution));
  }

  /** An image of this height and width, with the channels of the network. */
  Shape square(int side) {
    return Shape.of(architecture().input().channels(), List.of(side, side));
  }

  /** The network for images of a shape, with the paper's classes. */
  Graph graph(Shape input) {
    return RequestException.asked(() -> architecture().build(input, architecture().classes()));
  }

  private Models.Model architecture() {
    return RequestException.asked(() -> Models.get(model));
  }

  static int atLeastOne(String option, int value) {
    if (value < 1) {
      throw new RequestException(option + ": expected a whole number from 1, got " + value);
    }
    return value;
  }
}
