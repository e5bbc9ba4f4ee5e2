package org.convoy.artifact.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.convoy.artifact.ExportOptions;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.ModelManifest;
import org.convoy.artifact.SavedModel;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.image.transform.Preprocessing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.dataformat.yaml.YAMLFactory;

class OnnxFoldersTest {
  private static final ExportOptions PIXELS =
      new ExportOptions(true, ExportOptions.Output.SOFTMAX, false);

  private final ObjectMapper json = new ObjectMapper();
  private final SavedModel model = model();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private static SavedModel model() {
    Graph graph =
        Value.input(Shape.of(3, 4, 6))
            .conv("conv", 8, 3)
            .relu()
            .flatten()
            .linear("fc", 2)
            .graph("tiny");
    return new SavedModel(
        graph,
        Parameters.of(graph).initialize(1, DataType.FLOAT),
        List.of("cat", "dog"),
        Preprocessing.named("none", "cifar10", 3, 4, 6).evaluationOnly().toJson(),
        new ModelManifest.Origin("", "test", "", Map.of()));
  }

  /** The signature is the model's, and the example fits it. */
  @Test
  void mlflow() throws IOException, OrtException {
    OnnxFolderFormat.mlflow().write(model, ExportOptions.PLAIN, new LocalStore(folder), "m");
    JsonNode description = json.readTree(folder.resolve("m/MLmodel").toFile());
    assertEquals(
        "[{\"name\":\"input\",\"tensor-spec\":{\"dtype\":\"float32\",\"shape\":[-1,3,4,6]},"
            + "\"type\":\"tensor\"}]",
        description.at("/signature/inputs").textValue());
    assertEquals(
        "[{\"name\":\"logits\",\"tensor-spec\":{\"dtype\":\"float32\",\"shape\":[-1,2]},"
            + "\"type\":\"tensor\"}]",
        description.at("/signature/outputs").textValue());
    Path data = folder.resolve("m").resolve(description.at("/flavors/onnx/data").textValue());
    JsonNode example =
        json.readTree(
            folder
                .resolve("m")
                .resolve(description.at("/saved_input_example_info/artifact_path").textValue())
                .toFile());
    float[][][][] sample = json.treeToValue(example.at("/inputs/input"), float[][][][].class);
    try (OnnxRuntime runtime = new OnnxRuntime(data)) {
      assertEquals(2, runtime.run(Nd4j.create(sample)).length);
    }
    for (String file : List.of("requirements.txt", "python_env.yaml")) {
      assertTrue(Files.size(folder.resolve("m").resolve(file)) > 0, file);
    }
  }

  /** What MLflow's loader reads of the folder: its YAML, the two flavours, the environment. */
  @Test
  void mlflowFindsWhatItReads() throws IOException {
    OnnxFolderFormat.mlflow().write(model, PIXELS, new LocalStore(folder), "m");
    JsonNode description = yaml("MLmodel");
    JsonNode python = description.at("/flavors/python_function");
    assertEquals("mlflow.onnx", python.path("loader_module").textValue());
    for (JsonNode flavour : description.path("flavors")) {
      assertTrue(Files.isRegularFile(folder.resolve("m/" + flavour.path("data").textValue())));
    }
    String environment = python.at("/env/virtualenv").textValue();
    JsonNode packages = yaml(environment);
    assertTrue(packages.path("python").textValue().matches("3\\.\\d+"), environment);
    assertEquals("-r requirements.txt", packages.at("/dependencies/0").textValue());
    List<String> requirements = Files.readAllLines(folder.resolve("m/requirements.txt"));
    assertTrue(requirements.stream().anyMatch(line -> line.startsWith("onnxruntime")));
    JsonNode example = description.path("saved_input_example_info");
    assertEquals("ndarray", example.path("type").textValue());
    assertEquals("tf-serving", example.path("format").textValue());
    assertEquals(32, description.path("model_uuid").textValue().length());
  }

  private JsonNode yaml(String file) throws IOException {
    Object content =
        new org.nd4j.shade.jackson.databind.ObjectMapper(new YAMLFactory())
            .readValue(folder.resolve("m").resolve(file).toFile(), Object.class);
    return json.valueToTree(content);
  }

  @Test
  void triton() throws Exception {
    OnnxFolderFormat.triton().write(model, PIXELS, new LocalStore(folder), "pets");
    TritonConfig config = TritonConfig.parse(Files.readString(folder.resolve("pets/config.pbtxt")));
    assertEquals("onnxruntime", config.get("backend"));
    assertTrue((int) config.get("max_batch_size") > 1);
    assertTrue(config.has("dynamic_batching"));
    assertEquals("image", config.get("input", "name"));
    assertEquals("TYPE_UINT8", config.get("input", "data_type"));
    assertEquals(List.of(4L, 6L, 3L), config.get("input", "dims"));
    assertEquals("probabilities", config.get("output", "name"));
    assertEquals("TYPE_FP32", config.get("output", "data_type"));
    assertEquals(List.of(2L), config.get("output", "dims"));
    Path labels = folder.resolve("pets/" + config.get("output", "label_filename"));
    assertEquals("cat\ndog\n", Files.readString(labels));
    try (OnnxRuntime runtime = new OnnxRuntime(folder.resolve("pets/1/model.onnx"))) {
      assertEquals(List.of("image", "probabilities"), runtime.names());
      assertEquals(2 * 5, runtime.run(new byte[5 * 72], 5, 4, 6, 3).length);
    }
  }

  /** All folders hold the file that the format {@code onnx} writes. */
  @Test
  void theModelIsTheSame() throws IOException {
    LocalStore store = new LocalStore(folder);
    new OnnxFormat().write(model, PIXELS, store, "model.onnx");
    byte[] bytes = Files.readAllBytes(folder.resolve("model.onnx"));
    OnnxFolderFormat.mlflow().write(model, PIXELS, store, "mlflow");
    OnnxFolderFormat.triton().write(model, PIXELS, store, "triton");
    OnnxFolderFormat.djl().write(model, PIXELS, store, "djl");
    for (String file : List.of("mlflow/model.onnx", "triton/1/model.onnx", "djl/model.onnx")) {
      assertArrayEquals(bytes, Files.readAllBytes(folder.resolve(file)), file);
    }
    assertEquals(
        List.of("export-manifest.json", "model.onnx", "serving.properties", "synset.txt"),
        store.list("djl"));
    assertTrue(
        Files.readString(folder.resolve("djl/serving.properties")).contains("engine=OnnxRuntime"));
  }
}
