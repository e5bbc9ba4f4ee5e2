package org.convoy.artifact.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.convoy.artifact.NotFiniteException;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.models.Models;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Tensors of other names, shapes and orders become those of a network. */
class WeightImportTest {

  /** Tensors in memory. */
  private static final class Given implements TensorFile {
    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, INDArray> arrays = new HashMap<>();

    Given add(String name, INDArray array) {
      List<Long> shape = new ArrayList<>();
      for (long extent : array.shape()) {
        shape.add(extent);
      }
      entries.add(new Entry(name, shape));
      arrays.put(name, array);
      return this;
    }

    INDArray array(String name) {
      return Objects.requireNonNull(arrays.get(name), name);
    }

    @Override
    public String format() {
      return "an example";
    }

    @Override
    public List<Entry> entries() {
      return entries;
    }

    @Override
    public Map<String, String> metadata() {
      return Map.of();
    }

    @Override
    public void read(Entry entry, INDArray target) {
      target.assign(array(entry.name()).dup('c').reshape(target.shape()));
    }

    @Override
    public void close() {}
  }

  private static Graph network(String name, int classes) {
    Models.Model model = Models.get(name);
    return model.build(model.input(), classes);
  }

  /** Every tensor of a network by its own name, filled with its place among them. */
  private static Given whole(Graph graph) {
    Given given = new Given();
    int place = 0;
    for (Parameter parameter : Parameters.of(graph).all()) {
      given.add(
          parameter.name(),
          Nd4j.valueArrayOf(parameter.shape().toArray(), ++place, DataType.FLOAT));
    }
    return given;
  }

  private static final Set<String> HEAD = Set.of("fc.weight", "fc.bias");

  @Test
  void takesTensorsByNameAndIgnoresWhatOnlyPyTorchNeeds() throws IOException {
    Graph graph = network("resnet20", 10);
    Parameters layout = Parameters.of(graph);
    Given given = new Given();
    for (TensorFile.Entry entry : whole(graph).entries()) {
      given.add("module." + entry.name(), whole(graph).array(entry.name()));
    }
    given.add("module.bn1.num_batches_tracked", Nd4j.scalar(3f));
    WeightImport weights = WeightImport.of(given, graph, HEAD);
    assertEquals(List.of(), List.copyOf(weights.missing()));
    assertEquals(List.of(), List.copyOf(weights.extra()));
    INDArray flat = Nd4j.create(DataType.FLOAT, layout.length());
    weights.copyTo(flat);
    for (int i = 0; i < layout.all().size(); i++) {
      INDArray tensor = layout.view(flat, layout.all().get(i));
      assertEquals(i + 1, tensor.minNumber().intValue(), layout.all().get(i).name());
      assertEquals(i + 1, tensor.maxNumber().intValue(), layout.all().get(i).name());
    }
  }

  @Test
  void aHeadOfAnotherClassCountIsLeft() throws IOException {
    Graph graph = network("resnet20", 7);
    Parameters layout = Parameters.of(graph);
    WeightImport weights = WeightImport.of(whole(network("resnet20", 10)), graph, HEAD);
    assertEquals(HEAD, weights.remade());
    assertTrue(weights.missing().isEmpty() && weights.misshapen().isEmpty());
    INDArray flat = Nd4j.valueArrayOf(new long[] {layout.length()}, -1f, DataType.FLOAT);
    weights.copyTo(flat);
    assertEquals(-1, layout.view(flat, layout.get("fc.weight")).maxNumber().intValue());
    assertEquals(-1, layout.view(flat, layout.get("fc.bias")).maxNumber().intValue());
    assertEquals(1, layout.view(flat, layout.get("conv1.weight")).maxNumber().intValue());
  }

  @Test
  void listsWhatDoesNotFit() {
    Graph graph = network("resnet20", 10);
    Given given = whole(graph);
    given.entries.removeIf(entry -> entry.name().equals("bn1.bias"));
    given.add("extra.weight", Nd4j.ones(DataType.FLOAT, 2));
    given.entries.removeIf(entry -> entry.name().equals("conv1.weight"));
    given.add("conv1.weight", Nd4j.ones(DataType.FLOAT, 16, 3, 5, 5));
    WeightImport weights = WeightImport.of(given, graph, HEAD);
    assertEquals(Set.of("bn1.bias"), weights.missing());
    assertEquals(Set.of("extra.weight"), weights.extra());
    assertEquals(1, weights.misshapen().size());
    assertTrue(weights.misshapen().first().startsWith("conv1.weight [16, 3, 5, 5] for "));
    assertEquals(Set.of(), weights.remade());
  }

  @Test
  void refusesNumbersThatAreNotFinite() {
    Graph graph = network("resnet20", 10);
    Given given = whole(graph);
    given.array("layer1.0.bn1.weight").putScalar(2, Float.NaN);
    INDArray flat = Nd4j.create(DataType.FLOAT, Parameters.of(graph).length());
    WeightImport weights = WeightImport.of(given, graph, HEAD);
    String message = assertThrows(NotFiniteException.class, () -> weights.copyTo(flat)).toString();
    assertTrue(message.contains("layer1.0.bn1.weight") && message.contains("element 2"), message);
  }

  /** The norms of timm's MobileNetV3 add 1e-5, those here 1e-3: the sum with the variance stays. */
  @Test
  void anotherEpsilonGoesIntoTheRunningVariance() throws IOException {
    Graph graph = network("mobilenet_v3_small", 10);
    Parameters layout = Parameters.of(graph);
    Given given = new Given();
    for (TimmNames.Pair name : TimmNames.of("mobilenet_v3_small")) {
      Parameter parameter = layout.get(name.here());
      given.add(name.there(), Nd4j.ones(DataType.FLOAT, parameter.shape().toArray()));
    }
    WeightImport weights = WeightImport.of(given, graph, Set.of());
    assertEquals("timm", weights.table().source());
    INDArray flat = Nd4j.create(DataType.FLOAT, layout.length());
    weights.copyTo(flat);
    INDArray variance = layout.view(flat, layout.get("features.0.1.running_var"));
    assertEquals(1 + 1e-5 - 1e-3, variance.getDouble(0), 1e-7);
  }
}
