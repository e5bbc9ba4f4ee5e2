package org.convoy.jobs;

import org.convoy.image.loader.ResizeOn;
import org.convoy.settings.RequestException;
import picocli.CommandLine.Option;

/** The option that says who resizes images where a GPU computes. Use as a {@code @Mixin}. */
public final class ResizeOnOption {
  @Option(
      names = "--resize-on",
      paramLabel = "host|gpu",
      defaultValue = "host",
      description =
          "Who cuts, scales and normalises images where a GPU computes: the host's cores, or the GPU,"
              + " with the same pixels (default ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String where;

  /**
   * What was asked for.
   *
   * @param gpu whether a GPU computes
   */
  ResizeOn of(boolean gpu) {
    ResizeOn wanted =
        switch (where) {
          case "host" -> ResizeOn.HOST;
          case "gpu" -> ResizeOn.GPU;
          default -> throw new RequestException("--resize-on: expected host or gpu, got " + where);
        };
    if (wanted == ResizeOn.GPU && !gpu) {
      throw new RequestException("--resize-on: expected host, for no GPU computes, got gpu");
    }
    return wanted;
  }
}
