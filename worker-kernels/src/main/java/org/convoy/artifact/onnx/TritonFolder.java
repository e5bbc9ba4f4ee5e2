package org.convoy.artifact.onnx;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.convoy.artifact.LabelLines;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.StagedFolder;

/**
 * One model of a repository of NVIDIA Triton: {@code config.pbtxt}, version 1 and labels. The
 * model's name is that of the folder. Triton gathers single requests to batches.
 */
final class TritonFolder {
  private static final int MOST_BATCH = 32;

  private static final String CONFIG =
      """
      backend: "onnxruntime"
      max_batch_size: %d
      input [
        {
          name: "%s"
          data_type: %s
          dims: [ %s ]
        }
      ]
      output [
        {
          name: "%s"
          data_type: TYPE_FP32
          dims: [ %s ]
          label_filename: "labels.txt"
        }
      ]
      dynamic_batching { }
      """;

  private TritonFolder() {}

  static void write(SavedModel model, OnnxModel onnx, StagedFolder folder) throws IOException {
    String config =
        String.format(
            Locale.ROOT,
            CONFIG,
            MOST_BATCH,
            onnx.input().name(),
            onnx.input().bytes() ? "TYPE_UINT8" : "TYPE_FP32",
            list(onnx.input().sample()),
            onnx.output().name(),
            list(onnx.output().sample()));
    folder.write("config.pbtxt", config.getBytes(StandardCharsets.UTF_8));
    folder.write("labels.txt", LabelLines.write(model.labels()).getBytes(StandardCharsets.UTF_8));
    folder.write("1/model.onnx", onnx.bytes(), onnx::writeTo);
  }

  private static String list(List<Integer> dimensions) {
    return dimensions.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}
