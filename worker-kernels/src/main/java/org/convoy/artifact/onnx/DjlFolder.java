package org.convoy.artifact.onnx;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.convoy.artifact.LabelLines;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.StagedFolder;

/**
 * A model of the Deep Java Library (DJL) for its engine of ONNX Runtime, as a program loads it and
 * DJL Serving serves it: {@code model.onnx}, {@code serving.properties}, and the labels under the
 * name that DJL's classifiers read.
 */
final class DjlFolder {
  private static final String PROPERTIES = "engine=OnnxRuntime\nbatch_size=1\n";

  private DjlFolder() {}

  static void write(SavedModel model, OnnxModel onnx, StagedFolder folder) throws IOException {
    folder.write("serving.properties", PROPERTIES.getBytes(StandardCharsets.UTF_8));
    folder.write("synset.txt", LabelLines.write(model.labels()).getBytes(StandardCharsets.UTF_8));
    folder.write("model.onnx", onnx.bytes(), onnx::writeTo);
  }
}
