package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.convoy.artifact.weights.TensorFile;
import org.convoy.artifact.weights.WeightImport;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.models.Models;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Weights under the names and in the shapes of Keras's applications are imported, and the network
 * computes Keras's own logits with them. {@code keras_networks.py} wrote what is expected.
 */
class KerasGoldenTest {
  /** Of the largest logit: float32 here, float64 there. */
  private static final double TOLERANCE = 1e-4;

  private static final String FOLDER = "/org/convoy/artifact/weights/";

  /** Keras's tensors of a network, filled by the rule. */
  private record Filled(List<Entry> entries) implements TensorFile {
    @Override
    public String format() {
      return "a file of Keras";
    }

    @Override
    public Map<String, String> metadata() {
      return Map.of();
    }

    @Override
    public void read(Entry entry, INDArray target) {
      long[] shape = entry.shape().stream().mapToLong(n -> n).toArray();
      try (INDArray tensor = Nd4j.create(DataType.FLOAT, shape)) {
        Golden.fill(entry.name(), tensor);
        target.assign(tensor.reshape(target.shape()));
      }
    }

    @Override
    public void close() {}
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "densenet121",
        "keras_resnet50",
        "keras_resnet50v2",
        "keras_mobilenet_025",
        "keras_mobilenet_v2_035",
        "keras_mobilenet_v2_140",
        "keras_mobilenet_v3_large",
        "keras_mobilenet_v3_small",
        "keras_efficientnet_b0",
        "keras_efficientnet_b3",
        "keras_xception"
      })
  void importedWeightsGiveKerasLogits(String network) throws IOException {
    JsonNode golden;
    try (InputStream in =
        Objects.requireNonNull(getClass().getResourceAsStream(FOLDER + network + ".json"))) {
      golden = new ObjectMapper().readTree(in);
    }
    JsonNode image = golden.get("image");
    Shape input = Shape.of(image.get(0).asInt(), image.get(1).asInt(), image.get(2).asInt());
    JsonNode logits = golden.get("logits");
    Graph graph = Models.get(network).build(input, logits.get(0).size());
    WeightImport weights = WeightImport.of(filled(golden), graph, Set.of());
    assertEquals("Keras", weights.table().source());
    assertEquals(Set.of(), weights.missing());
    assertEquals(Set.of(), weights.extra());
    assertEquals(Set.of(), weights.misshapen());
    PlanRequest request = PlanRequest.inference(logits.size());
    try (INDArray flat = Nd4j.create(DataType.FLOAT, Parameters.of(graph).length());
        Plan plan = Backends.get("onednn").compile(graph, request)) {
      weights.copyTo(flat);
      plan.bind(flat, flat);
      plan.input().assign(Golden.images(DataType.FLOAT, input.batched(logits.size())));
      plan.forward(0);
      double deviation = deviation(logits, plan.output());
      assertTrue(
          deviation <= TOLERANCE,
          () -> String.format(Locale.ROOT, "deviation %.2g of the largest logit", deviation));
    }
  }

  private static TensorFile filled(JsonNode golden) {
    List<TensorFile.Entry> entries = new ArrayList<>();
    for (JsonNode tensor : golden.get("tensors")) {
      List<Long> shape = new ArrayList<>();
      tensor.get(1).forEach(extent -> shape.add(extent.asLong()));
      entries.add(new TensorFile.Entry(tensor.get(0).asText(), shape));
    }
    return new Filled(entries);
  }

  private static double deviation(JsonNode expected, INDArray got) {
    double largest = 0;
    double furthest = 0;
    for (int row = 0; row < expected.size(); row++) {
      for (int i = 0; i < expected.get(row).size(); i++) {
        double value = expected.get(row).get(i).asDouble();
        largest = Math.max(largest, Math.abs(value));
        furthest = Math.max(furthest, Math.abs(got.getDouble(row, i) - value));
      }
    }
    return furthest / largest;
  }
}
