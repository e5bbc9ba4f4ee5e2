package org.convoy.graph;

import static org.convoy.graph.Activate.Function.SILU;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What a graph keeps, and how it says no: the op, the shapes and the rule in every message. */
class GraphTest {
  private static final Shape IMAGE = Shape.of(3, 8, 8);

  private static void refused(String message, Executable work) {
    assertEquals(message, assertThrows(GraphException.class, work).getMessage());
  }

  private static Value image() {
    return Value.input(IMAGE);
  }

  @Test
  void namesArePathsAndUnnamedOpsGoByTheirWord() {
    Value x = image().conv("conv1", 4, 3).norm("bn1").relu();
    x = x.within("layer1", v -> v.within("0", w -> w.conv("conv1", 4, 3).relu()).relu().relu());
    Graph graph = x.relu().globalAveragePool().graph("names");
    List<String> expected =
        List.of(
            "input",
            "conv1",
            "bn1",
            "relu",
            "layer1.0.conv1",
            "layer1.0.relu",
            "layer1.relu",
            "layer1.relu_1",
            "relu_1",
            "avgpool");
    assertEquals(expected, graph.nodes().stream().map(Node::name).toList());
  }

  @Test
  void whatDoesNotLeadToTheResultIsLeftOut() {
    Value x = image().conv("kept", 4, 3);
    x.conv("lost", 5, 3).norm("lost too");
    Graph graph = x.relu().graph("part");
    assertEquals(List.of("input", "kept", "relu"), graph.nodes().stream().map(Node::name).toList());
    assertEquals(List.of(1), graph.nodes().get(2).inputs());
  }

  @Test
  void anotherResolutionIsRefusedWhereWeightsOrShapesDependOnIt() {
    Graph flat = image().conv("conv", 4, 3).flatten().linear("fc", 5).graph("flat");
    refused(
        "flat at input 3x16x16: the weight of fc has shape 5x256 for input 3x8x8"
            + " and would have shape 5x1024",
        () -> flat.at(Shape.of(3, 16, 16)));
    Graph wide = image().conv("conv", Convolution.of(4, 7).padding(0)).graph("wide");
    refused(
        "wide at input 3x6x8: conv: a window of 7 does not fit 6 positions padded by 0 and 0",
        () -> wide.at(Shape.of(3, 6, 8)));
    refused(
        "wide at input 1x8x8: the weight of conv has shape 4x3x7x7 for input 3x8x8"
            + " and would have shape 4x1x7x7",
        () -> wide.at(Shape.of(1, 8, 8)));
  }

  @Test
  void shapesFollowTheOps() {
    assertEquals(Shape.of(4, 4, 4), image().conv("c", 4, 3, 2).shape());
    assertEquals(Shape.of(4, 8), Value.input(Shape.of(3, 8)).conv("c", 4, 3).shape());
    assertEquals(Shape.of(4, 8, 4, 3), Value.input(Shape.of(3, 8, 4, 3)).conv("c", 4, 3).shape());
    assertEquals(Shape.of(3, 4, 4), image().maxPool(3, 2, 1).shape());
    assertEquals(Shape.of(3, 3, 3), image().maxPool(3, 2, 0).shape());
    assertEquals(Shape.of(3, 4, 4), image().pool(Pool.max(3, 2, 0).withCeil()).shape());
    assertEquals(Shape.of(9, 8, 8), image().padChannels(2, 4).shape());
    assertEquals(Shape.of(192), image().flatten().shape());
    assertEquals(Shape.of(3), image().globalAveragePool().shape());
    assertEquals(Shape.of(3, 5, 5), image().adaptiveAveragePool(5).shape());
    assertEquals("3x8x8", IMAGE.toString());
    assertEquals(3 * 4 * 9 * 64, image().conv("c", 4, 3).graph("g").multiplyAdds());
  }

  @Test
  void opsSayWhatTheyCannotTake() {
    Value x = image();
    refused(
        "c: convolution: input 3x8x8 has 3 channels, which 2 groups do not divide",
        () -> x.conv("c", Convolution.of(4, 3).groups(2)));
    refused(
        "convolution: 4 output channels do not divide into 3 groups",
        () -> Convolution.of(4, 3).groups(3));
    refused(
        "c: a window of 9 does not fit 8 positions padded by 0 and 0",
        () -> x.conv("c", Convolution.of(4, 9).padding(0)));
    refused(
        "a window over 2 dimensions does not fit an input of 3",
        () ->
            Value.input(Shape.of(3, 4, 4, 4))
                .conv("c", Convolution.of(4, 1).with(Window.of(List.of(3, 2)))));
    refused(
        "kernel [3, 3], stride [1], padding [0] and [0], dilation [1] must have equal lengths",
        () -> new Window(List.of(3, 3), List.of(1), List.of(0), List.of(0), List.of(1)));
    refused("stride must be at least 1, got [0]", () -> Window.square(3).stride(0));
    refused("pool: padding 2 is more than half the kernel 3", () -> Pool.max(3, 2, 2));
    refused(
        "add: add takes two inputs of one shape, got [3x8x8, 4x8x8]",
        () -> x.add(x.conv("c", 4, 3)));
    refused("add: the two values belong to different networks", () -> x.add(image()));
    refused(
        "avgpool: avgpool: input 3 has no spatial dimensions",
        () -> Value.input(Shape.of(3)).globalAveragePool());
    refused("c: the name is taken already", () -> x.conv("c", 4, 3).conv("c", 4, 3));
    refused("every dimension must be at least 1, got [3, 0]", () -> Shape.of(3, 0));
    refused(
        "norm: epsilon must be positive and momentum within [0, 1], got 0.0 and 0.1",
        () -> new BatchNorm(0, 0.1));
  }

  @Test
  void aProductTakesFactorsOfThreeShapes() {
    Value x = image();
    assertEquals(IMAGE, x.multiply(x.relu()).shape());
    assertEquals(IMAGE, x.multiply(x.adaptiveAveragePool(1)).shape());
    assertEquals(IMAGE, x.multiply(x.conv("attention", 1, 3)).shape());
    refused(
        "multiply: multiply: second input must be of shape 3x8x8, 3x1x1 or 1x8x8, got 3x2x2",
        () -> x.multiply(x.adaptiveAveragePool(2)));
    refused("multiply: the two values belong to different networks", () -> x.multiply(image()));
    refused(
        "avgpool: avgpool: output [2] does not fit the spatial dimensions of input 3x8x8",
        () -> x.apply("", new AdaptiveAveragePool(List.of(2))));
    Graph scaled = x.channelScale("layer_scale", 0.5).graph("scaled");
    Parameter scale = Parameters.of(scaled).get("layer_scale");
    assertEquals(Shape.of(3, 1, 1), scale.shape());
    assertEquals(new Initializer.Constant(0.5), scale.initializer());
  }

  @Test
  void aConcatenationAddsUpChannels() {
    Value x = image();
    Value y = x.conv("c", 5, 3);
    assertEquals(IMAGE, Value.concat(x).shape());
    assertEquals(Shape.of(16, 8, 8), Value.concat(x, y, x, y).shape());
    Value features = x.flatten();
    assertEquals(
        Shape.of(7), Value.concat(features.linear("a", 4), features.linear("b", 3)).shape());
    refused(
        "concat: concat takes inputs of the same spatial dimensions, got [3x8x8, 5x4x4]",
        () -> Value.concat(x, y.maxPool(2, 2, 0)));
    refused("concat: the values belong to different networks", () -> Value.concat(x, image()));
    refused("concat takes at least one input, got none", () -> new Concat().infer(List.of()));
  }

  @Test
  void layerNormsOwnAScaleForEachValueOfASet() {
    Graph graph = image().norm("a", LayerNorm.channels()).norm("b", LayerNorm.sample()).graph("g");
    Parameters layout = Parameters.of(graph);
    assertEquals(Shape.of(3), layout.get("a.weight").shape());
    assertEquals(IMAGE, layout.get("b.bias").shape());
    assertEquals(IMAGE, graph.outputShape());
    refused("layer norm: epsilon must be positive, got 0.0", () -> LayerNorm.channels().epsilon(0));
    refused(
        "local response norm: size must be odd and at least 1, got 4",
        () -> LocalResponseNorm.of(4));
    refused(
        "local response norm: alpha and beta must be at least 0 and k positive, got 1.0, 0.75 and"
            + " 0.0",
        () -> new LocalResponseNorm(5, 1, 0.75, 0));
  }

  @Test
  void aGraphIsCheckedWhereverItComesFrom() {
    Node input = new Node("input", new Input(IMAGE), List.of(), IMAGE);
    refused("graph g must begin with its input", () -> new Graph("g", List.of()));
    refused(
        "graph g has two nodes named a",
        () -> new Graph("g", List.of(input, node("a", 0, IMAGE), node("a", 1, IMAGE))));
    refused(
        "node 1 (a) reads node 1, which is not before it",
        () -> new Graph("g", List.of(input, node("a", 1, IMAGE))));
    refused(
        "node a: expected shape 3x8x8, got 3x8x9",
        () -> new Graph("g", List.of(input, node("a", 0, Shape.of(3, 8, 9)))));
  }

  private static Node node(String name, int source, Shape shape) {
    return new Node(name, Activate.of(Activate.Function.RELU), List.of(source), shape);
  }

  @Test
  void normsOfOlderFilesAreRead() {
    Graph graph = image().norm("bn").graph("tiny");
    String json = graph.toJson();
    String older = json.replace("\"momentum\" : 0.1", "\"momentum\" : 0.1, \"relu\" : false");
    assertTrue(!older.equals(json), json);
    assertEquals(graph, Graph.fromJson(older));
  }

  @Test
  void fusedNormsAreWrittenAndRead() {
    Graph graph = Fusion.apply(image().conv("c", 4, 3).norm("bn").activate(SILU).graph("tiny"));
    assertEquals(graph, Graph.fromJson(graph.toJson()));
    assertEquals(3, graph.nodes().size());
  }

  @Test
  void aFileThatIsNotAGraphIsRefused() {
    Graph graph = image().conv("c", 4, 3).relu().graph("tiny");
    String json = graph.toJson();
    assertEquals(graph, Graph.fromJson(json));
    assertTrue(!json.contains("org.convoy"), json);
    refusedLike("not a graph", () -> Graph.fromJson("{"));
    refusedLike("not a graph", () -> Graph.fromJson("[]"));
    refusedLike("not a graph", () -> Graph.fromJson("{}"));
    refusedLike(
        "transposed", () -> Graph.fromJson(json.replace("\"convolution\"", "\"transposed\"")));
    refusedLike("divide", () -> Graph.fromJson(json.replace("\"groups\" : 1", "\"groups\" : 3")));
  }

  private static void refusedLike(String part, Executable work) {
    String message = String.valueOf(assertThrows(GraphException.class, work).getMessage());
    assertTrue(message.contains(part), message);
  }

  @Test
  void aLayoutKnowsItsTensors() {
    Parameters layout = Parameters.of(image().conv("c", 4, 3).norm("n").linear("fc", 2).graph("g"));
    assertEquals(
        List.of(
            "c.weight",
            "n.weight",
            "n.bias",
            "fc.weight",
            "fc.bias",
            "n.running_mean",
            "n.running_var"),
        layout.all().stream().map(Parameter::name).toList());
    assertEquals(4 * 27 + 4 + 4 + 8 + 2, layout.trainableLength());
    assertEquals(layout.trainableLength() + 8, layout.length());
    refused("no parameter is named fc.scale", () -> layout.get("fc.scale"));
  }
}
