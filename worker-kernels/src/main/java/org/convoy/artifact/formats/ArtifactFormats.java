package org.convoy.artifact.formats;

import java.util.List;
import java.util.Locale;
import org.convoy.artifact.ArtifactFormat;
import org.convoy.artifact.SafetensorsFormat;
import org.convoy.artifact.onnx.OnnxFolderFormat;
import org.convoy.artifact.onnx.OnnxFormat;
import org.convoy.artifact.weights.TorchFormat;

/** The registry: every format by name. A new one adds one line here. */
public final class ArtifactFormats {
  private static final List<ArtifactFormat> ALL =
      List.of(
          new OnnxFormat(),
          OnnxFolderFormat.mlflow(),
          OnnxFolderFormat.triton(),
          OnnxFolderFormat.djl(),
          new SafetensorsFormat(),
          new TorchFormat());

  private ArtifactFormats() {}

  /** Every format. */
  public static List<ArtifactFormat> all() {
    return ALL;
  }

  /** The names that {@link #get} takes. */
  public static List<String> names() {
    return ALL.stream().map(ArtifactFormat::name).toList();
  }

  /**
   * The format of this name.
   *
   * @throws IllegalArgumentException if there is none; the message lists the known names
   */
  public static ArtifactFormat get(String name) {
    return ALL.stream()
        .filter(format -> format.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    String.format(
                        Locale.ROOT,
                        "no format is named %s; known formats: %s",
                        name,
                        String.join(", ", names()))));
  }
}
