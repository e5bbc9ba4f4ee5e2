package org.convoy.artifact.onnx;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.StagedFolder;

/**
 * A model as MLflow stores it: {@code MLmodel} with the flavours {@code onnx} and {@code
 * python_function}, signature and input example, and the Python packages that load it. Its YAML is
 * written as JSON, which is YAML too.
 */
final class MlflowFolder {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String REQUIREMENTS = "mlflow\nnumpy\nonnx>=1.13\nonnxruntime>=1.14\n";
  private static final String PYTHON = "python: '3.10'\ndependencies:\n- -r requirements.txt\n";

  private static final String EXAMPLE = "input_example.json";

  private MlflowFolder() {}

  static void write(SavedModel model, OnnxModel onnx, StagedFolder folder) throws IOException {
    folder.write("model.onnx", onnx.bytes(), onnx::writeTo);
    folder.write(EXAMPLE, text(example(onnx.input())));
    folder.write("requirements.txt", text(REQUIREMENTS));
    folder.write("python_env.yaml", text(PYTHON));
    folder.write(
        "MLmodel",
        text(
            JSON.writerWithDefaultPrettyPrinter().writeValueAsString(description(model, onnx))
                + "\n"));
  }

  private static Map<String, Object> description(SavedModel model, OnnxModel onnx)
      throws JsonProcessingException {
    Map<String, Object> onnxFlavour =
        Map.of("data", "model.onnx", "providers", List.of("CPUExecutionProvider"));
    Map<String, Object> python =
        new TreeMap<>(
            Map.of(
                "data", "model.onnx",
                "env", Map.of("virtualenv", "python_env.yaml"),
                "loader_module", "mlflow.onnx"));
    Map<String, Object> example =
        new TreeMap<>(Map.of("artifact_path", EXAMPLE, "type", "ndarray", "format", "tf-serving"));
    Map<String, Object> all = new TreeMap<>();
    all.put("flavors", new TreeMap<>(Map.of("onnx", onnxFlavour, "python_function", python)));
    all.put("model_uuid", model.weightsSha256().substring(0, 32));
    all.put("saved_input_example_info", example);
    all.put(
        "signature",
        new TreeMap<>(
            Map.of("inputs", signature(onnx.input()), "outputs", signature(onnx.output()))));
    all.put(
        "metadata",
        new TreeMap<>(
            Map.of(
                "labels", model.labels(),
                "network", model.graph().name(),
                "weights_sha256", model.weightsSha256())));
    return all;
  }

  /** A list of one tensor as a string of JSON, which MLflow expects. */
  private static String signature(OnnxModel.Value value) throws JsonProcessingException {
    List<Integer> shape = new ArrayList<>(List.of(-1));
    shape.addAll(value.sample());
    Map<String, Object> tensor =
        new TreeMap<>(Map.of("dtype", value.bytes() ? "uint8" : "float32", "shape", shape));
    return JSON.writeValueAsString(
        List.of(
            new TreeMap<>(Map.of("name", value.name(), "type", "tensor", "tensor-spec", tensor))));
  }

  /** One sample of zeros. */
  private static String example(OnnxModel.Value input) throws JsonProcessingException {
    Object sample = input.bytes() ? (Object) 0 : (Object) 0f;
    for (int i = input.sample().size() - 1; i >= 0; i--) {
      sample = Collections.nCopies(input.sample().get(i), sample);
    }
    return JSON.writeValueAsString(Map.of("inputs", Map.of(input.name(), List.of(sample))));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
