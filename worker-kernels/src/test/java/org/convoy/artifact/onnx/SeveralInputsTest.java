package org.convoy.artifact.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.convoy.artifact.ExportOptions;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.ModelManifest;
import org.convoy.artifact.SavedModel;
import org.convoy.graph.Graph;
import org.convoy.graph.GraphException;
import org.convoy.graph.Input;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.kernels.Backend;
import org.convoy.kernels.Backends;
import org.convoy.kernels.GradientListener;
import org.convoy.kernels.Plan;
import org.convoy.kernels.PlanRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A network of two inputs, a colour image and a depth image, whose features meet late. */
final class SeveralInputsTest {
  private static final int BATCH = 3;
  private static final Input.Part COLOUR = new Input.Part("colour", 3);
  private static final Input.Part DEPTH = new Input.Part("depth", 1);
  private static final List<Integer> SIZE = List.of(9, 7);

  private static Value tower(Value image, String name, int width) {
    return image.within(
        name, x -> x.conv("conv1", width, 3).norm("bn1").relu().conv("conv2", width, 3, 2).relu());
  }

  private static Value features() {
    List<Value> inputs = Value.inputs(SIZE, COLOUR, DEPTH);
    Value colour = tower(inputs.get(0), "colours", 8).globalAveragePool();
    return Value.concat(colour, tower(inputs.get(1), "depths", 5).globalAveragePool());
  }

  private static Graph fused() {
    return features().linear("fc", DrawnNetwork.CLASSES).graph("fused");
  }

  /** One tower alone, with the tensors of the whole network. */
  private static Graph alone(Input.Part part, String name, int width) {
    Value image = Value.input(Shape.of(part.channels(), SIZE));
    return tower(image, name, width).globalAveragePool().graph(name);
  }

  private static INDArray shared(Graph whole, INDArray weights, Graph part) {
    Parameters from = Parameters.of(whole);
    Parameters to = Parameters.of(part);
    INDArray flat = Nd4j.create(DataType.FLOAT, to.length());
    for (Parameter each : to.all()) {
      to.view(flat, each).assign(from.view(weights, from.get(each.name())));
    }
    return flat;
  }

  /** Values and gradients are those of two networks of one input each, side by side. */
  @ParameterizedTest
  @ValueSource(strings = {"onednn", "nd4j"})
  void bothInputsAreComputedWithAndGetTheirGradients(String name) {
    Backend backend = Backends.get(name);
    Graph graph = features().graph("features");
    INDArray weights = DrawnNetwork.weights(graph);
    INDArray gradient = weights.like();
    INDArray images = DrawnNetwork.images(graph.inputShape(), BATCH);
    try (Plan plan = backend.compile(graph, PlanRequest.training(BATCH).withInputGradient())) {
      plan.bind(weights, gradient);
      plan.input().assign(images);
      plan.forward(1);
      INDArray output = plan.output().dup();
      plan.backward(output, GradientListener.NONE);
      INDArray byImages = plan.inputGradient().dup();
      int from = 0;
      for (Input.Part part : graph.input().parts()) {
        String tower = part.name() + "s";
        int width = part.equals(COLOUR) ? 8 : 5;
        INDArray own = output.get(NDArrayIndex.all(), NDArrayIndex.interval(from, from + width));
        Tower expected = Tower.of(backend, graph, weights, images, part, tower, width, own);
        assertClose(expected.output(), own, tower + " output");
        INDArray byPart = graph.input().view(byImages, part.name());
        assertClose(expected.byImage(), byPart, tower + " input gradient");
        assertTrue(byPart.norm2Number().doubleValue() > 0, tower);
        INDArray byTensors = shared(graph, gradient, alone(part, tower, width));
        assertClose(expected.byTensors(), byTensors, tower + " gradient");
        from += width;
      }
    }
  }

  /** What a tower alone gives for its input. */
  private record Tower(INDArray output, INDArray byImage, INDArray byTensors) {
    static Tower of(
        Backend backend,
        Graph whole,
        INDArray weights,
        INDArray images,
        Input.Part part,
        String name,
        int width,
        INDArray outputGradient) {
      Graph alone = alone(part, name, width);
      INDArray own = shared(whole, weights, alone);
      INDArray gradient = own.like();
      try (Plan plan = backend.compile(alone, PlanRequest.training(BATCH).withInputGradient())) {
        plan.bind(own, gradient);
        plan.input().assign(whole.input().view(images, part.name()));
        plan.forward(1);
        INDArray output = plan.output().dup();
        plan.backward(outputGradient.dup('c'), GradientListener.NONE);
        return new Tower(output, plan.inputGradient().dup(), gradient);
      }
    }
  }

  private static void assertClose(INDArray expected, INDArray got, String what) {
    double distance = expected.distance2(got.dup('c'));
    double size = expected.norm2Number().doubleValue();
    assertTrue(distance <= 1e-5 * size, what + ": " + distance + " of " + size);
  }

  @Test
  void anExportHasEachInputByItsName(@TempDir Path folder) throws Exception {
    Graph graph = fused();
    SavedModel saved =
        new SavedModel(
            graph,
            DrawnNetwork.weights(graph),
            IntStream.range(0, DrawnNetwork.CLASSES).mapToObj(i -> "class " + i).toList(),
            new ObjectMapper().createObjectNode(),
            new ModelManifest.Origin("", "test", "", Map.of()));
    for (boolean fold : new boolean[] {false, true}) {
      ExportOptions options = new ExportOptions(false, ExportOptions.Output.LOGITS, fold);
      new OnnxFormat().write(saved, options, new LocalStore(folder), "fused.onnx");
      INDArray images = DrawnNetwork.images(graph.inputShape(), BATCH);
      try (OnnxRuntime runtime = new OnnxRuntime(folder.resolve("fused.onnx"))) {
        assertEquals(List.of("colour", "depth", "logits"), runtime.names());
        float[] got =
            runtime.run(
                Map.of(
                    "colour", graph.input().view(images, "colour").dup('c'),
                    "depth", graph.input().view(images, "depth").dup('c')));
        double deviation =
            DrawnNetwork.deviation(DrawnNetwork.logits(saved, images), got, "fused");
        assertTrue(deviation < DrawnNetwork.TOLERANCE, () -> "" + deviation);
      }
    }
    ExportOptions pixels = new ExportOptions(true, ExportOptions.Output.LOGITS, false);
    assertThrows(
        UnsupportedOperationException.class,
        () -> new OnnxFormat().write(saved, pixels, new LocalStore(folder), "pixels.onnx"));
  }

  @Test
  void inputsAreSavedAndFollowTheResolution() {
    Graph graph = fused();
    assertEquals(graph, Graph.fromJson(graph.toJson()));
    assertEquals(List.of(COLOUR, DEPTH), Graph.fromJson(graph.toJson()).input().parts());
    Graph larger = graph.at(Shape.of(4, 16, 18));
    assertEquals(Shape.of(1, 16, 18), larger.input().shape(DEPTH));
    Graph single = alone(COLOUR, "colours", 8);
    assertFalse(single.toJson().contains("parts"), "one input is saved as ever");
  }

  @Test
  void whatIsNoInputIsRefused() {
    assertThrows(GraphException.class, () -> new Input(Shape.of(5, 4, 4), List.of(COLOUR, DEPTH)));
    assertThrows(GraphException.class, () -> new Input(Shape.of(6, 4, 4), List.of(COLOUR, COLOUR)));
    assertThrows(
        GraphException.class, () -> fused().input().view(Nd4j.zeros(1, 4, 9, 7), "sound"));
    Input input = fused().input();
    Node whole = new Node("input", input, List.of(), input.shape());
    Node misnamed = new Node("sound", input.slice(DEPTH), List.of(0), input.shape(DEPTH));
    GraphException refusal =
        assertThrows(GraphException.class, () -> new Graph("fused", List.of(whole, misnamed)));
    assertTrue(refusal.toString().contains("node sound: expected a slice"), refusal::toString);
  }
}
