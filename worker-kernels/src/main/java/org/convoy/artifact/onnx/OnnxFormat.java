package org.convoy.artifact.onnx;

import java.io.IOException;
import org.convoy.artifact.ArtifactFormat;
import org.convoy.artifact.ArtifactStore;
import org.convoy.artifact.ExportOptions;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.StagedFile;

/** One ONNX file with graph, weights and metadata, see {@link OnnxModel}. */
public final class OnnxFormat implements ArtifactFormat {
  @Override
  public String name() {
    return "onnx";
  }

  @Override
  public String suffix() {
    return ".onnx";
  }

  @Override
  public boolean takesOptions() {
    return true;
  }

  @Override
  public void write(SavedModel model, ExportOptions options, ArtifactStore store, String path)
      throws IOException {
    try (OnnxModel onnx = OnnxModel.of(model, options)) {
      StagedFile.write(store, path, onnx::writeTo);
    }
  }
}
