package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.NamedWeights;
import org.convoy.artifact.SafetensorsWriter;
import org.convoy.artifact.Tensor;
import org.convoy.artifact.weights.TensorFile;
import org.convoy.artifact.weights.TorchWriter;
import org.convoy.artifact.weights.WeightFiles;
import org.convoy.artifact.weights.WeightImport;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.models.Models;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The weights of the oracle folder's fill rule, written as a file of PyTorch and as safetensors,
 * and imported from there: the same bytes arrive, and the network computes torchvision's logits
 * with them. {@code -Dconvoy.goldens.imported=all} does it for all files, else for three small
 * networks.
 */
class ImportedGoldenTest {
  private static final Set<String> QUICK = Set.of("resnet18", "mobilenet_v2", "efficientnet_b0");
  private static final double MULTIPLE = 4;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @TestFactory
  Stream<DynamicTest> importedWeightsGiveTorchvisionsLogits() {
    boolean all = System.getProperty("convoy.goldens.imported", "").equals("all");
    return Golden.files()
        .filter(file -> Models.contains(Golden.modelOf(file)))
        .filter(file -> all || QUICK.contains(Golden.modelOf(file)))
        .map(file -> DynamicTest.dynamicTest(Golden.modelOf(file), () -> check(Golden.read(file))));
  }

  private void check(Golden golden) throws IOException {
    Graph graph = golden.graph();
    Parameters layout = Parameters.of(graph);
    try (INDArray filled = Golden.parameters(layout, DataType.FLOAT)) {
      List<Tensor> tensors = NamedWeights.tensors(layout, filled);
      String safetensors =
          write("weights.safetensors", out -> SafetensorsWriter.write(out, Map.of(), tensors));
      imported(graph, safetensors, filled).close();
      String torch = write("weights.pth", out -> TorchWriter.write(out, tensors));
      try (INDArray weights = imported(graph, torch, filled)) {
        evaluate(golden, graph, weights);
      }
    }
  }

  /** Writes the content of a file. */
  private interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private String write(String name, Content content) throws IOException {
    try (OutputStream out = Files.newOutputStream(folder.resolve(name))) {
      content.writeTo(out);
    }
    return name;
  }

  private INDArray imported(Graph graph, String name, INDArray expected) throws IOException {
    INDArray flat = Nd4j.create(DataType.FLOAT, Parameters.of(graph).length());
    try (TensorFile file = WeightFiles.open(new LocalStore(folder), name)) {
      WeightImport weights = WeightImport.of(file, graph, Set.of());
      assertEquals("torchvision", weights.table().source());
      assertTrue(
          weights.missing().isEmpty() && weights.extra().isEmpty() && weights.misshapen().isEmpty(),
          () -> weights.missing() + " " + weights.extra() + " " + weights.misshapen());
      weights.copyTo(flat);
    }
    assertEquals(expected, flat, name);
    return flat;
  }

  private static void evaluate(Golden golden, Graph graph, INDArray weights) {
    Comparison comparison = new Comparison(e -> MULTIPLE * e);
    PlanRequest request = PlanRequest.inference(golden.batch());
    try (Plan plan = Backends.get("onednn").compile(graph, request)) {
      plan.bind(weights, weights);
      plan.input().assign(golden.images(DataType.FLOAT));
      plan.forward(0);
      comparison.rows("eval", plan.output(), golden.json().get("eval"), golden.float32("eval"));
    }
    comparison.assertHolds();
  }
}
