package org.convoy.artifact;

import java.io.IOException;
import java.util.Optional;
import org.convoy.graph.Graph;

/**
 * A file or a folder in which other programs expect a model. To add one, implement this interface
 * and add a line to {@link org.convoy.artifact.formats.ArtifactFormats}.
 */
public interface ArtifactFormat {

  /** The name for users, in lower case, for example {@code onnx}. */
  String name();

  /** The end of a name that the format gets beside a saved model, for example {@code .onnx}. */
  String suffix();

  /** Whether the format can do what {@link ExportOptions} ask for beyond {@code PLAIN}. */
  default boolean takesOptions() {
    return false;
  }

  /** Why the format cannot hold a network, naming the op; empty if it can. */
  default Optional<String> refusal(Graph graph) {
    return Optional.empty();
  }

  /**
   * Writes a model under a temporary name beside its place, then renames it. What is at the place
   * is replaced at the end.
   *
   * @param path of the file or folder in the store
   * @throws UnsupportedOperationException if the format cannot hold this network as the options
   *     want it. Then nothing is written.
   * @throws IOException if a file cannot be written
   */
  void write(SavedModel model, ExportOptions options, ArtifactStore store, String path)
      throws IOException;
}
