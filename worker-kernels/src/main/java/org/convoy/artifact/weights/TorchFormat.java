package org.convoy.artifact.weights;

import java.io.IOException;
import java.util.List;
import org.convoy.artifact.ArtifactFormat;
import org.convoy.artifact.ArtifactStore;
import org.convoy.artifact.ExportOptions;
import org.convoy.artifact.NamedWeights;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.StagedFile;
import org.convoy.artifact.Tensor;
import org.convoy.graph.Parameters;

/** The weights by name as a state dictionary of PyTorch, without the graph. */
public final class TorchFormat implements ArtifactFormat {
  @Override
  public String name() {
    return "pth";
  }

  @Override
  public String suffix() {
    return ".pth";
  }

  @Override
  public void write(SavedModel model, ExportOptions options, ArtifactStore store, String path)
      throws IOException {
    List<Tensor> tensors = NamedWeights.tensors(Parameters.of(model.graph()), model.weights());
    StagedFile.write(store, path, out -> TorchWriter.write(out, tensors));
  }
}
