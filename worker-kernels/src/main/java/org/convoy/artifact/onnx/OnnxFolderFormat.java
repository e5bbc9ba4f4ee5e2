package org.convoy.artifact.onnx;

import java.io.IOException;
import org.convoy.artifact.ArtifactFormat;
import org.convoy.artifact.ArtifactStore;
import org.convoy.artifact.ExportManifest;
import org.convoy.artifact.ExportOptions;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.StagedFolder;

/**
 * A folder with an ONNX file, and beside it what a server or a registry of models wants to know.
 * Its {@link ExportManifest} comes last.
 */
public final class OnnxFolderFormat implements ArtifactFormat {

  /**
   * Writes the files of a folder. The file without which the other program takes a folder for no
   * model comes last: where folders cannot be renamed, it does not take a part for the whole.
   */
  @FunctionalInterface
  interface Layout {
    void write(SavedModel model, OnnxModel onnx, StagedFolder folder) throws IOException;
  }

  private final String name;
  private final Layout layout;

  private OnnxFolderFormat(String name, Layout layout) {
    this.name = name;
    this.layout = layout;
  }

  /** A model of MLflow with its flavour {@code onnx}, see {@link MlflowFolder}. */
  public static OnnxFolderFormat mlflow() {
    return new OnnxFolderFormat("mlflow", MlflowFolder::write);
  }

  /** A model in a repository of NVIDIA Triton, see {@link TritonFolder}. */
  public static OnnxFolderFormat triton() {
    return new OnnxFolderFormat("triton", TritonFolder::write);
  }

  /** A model of the Deep Java Library and its server, see {@link DjlFolder}. */
  public static OnnxFolderFormat djl() {
    return new OnnxFolderFormat("djl", DjlFolder::write);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String suffix() {
    return "-" + name;
  }

  @Override
  public boolean takesOptions() {
    return true;
  }

  @Override
  public void write(SavedModel model, ExportOptions options, ArtifactStore store, String path)
      throws IOException {
    try (OnnxModel onnx = OnnxModel.of(model, options);
        StagedFolder folder = StagedFolder.begin(store, path)) {
      layout.write(model, onnx, folder);
      ExportManifest.of(name, model, folder.written()).writeTo(folder);
      folder.commit();
    }
  }
}
