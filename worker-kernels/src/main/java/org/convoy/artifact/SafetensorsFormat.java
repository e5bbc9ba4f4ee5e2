package org.convoy.artifact;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.convoy.graph.Parameters;

/** The weights by name as one safetensors file, without the graph. */
public final class SafetensorsFormat implements ArtifactFormat {
  @Override
  public String name() {
    return "safetensors";
  }

  @Override
  public String suffix() {
    return ".safetensors";
  }

  @Override
  public void write(SavedModel model, ExportOptions options, ArtifactStore store, String path)
      throws IOException {
    List<Tensor> tensors = NamedWeights.tensors(Parameters.of(model.graph()), model.weights());
    Map<String, String> metadata = Map.of("format", "pt", "model", model.graph().name());
    StagedFile.write(store, path, out -> SafetensorsWriter.write(out, metadata, tensors));
  }
}
