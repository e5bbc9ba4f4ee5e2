package org.convoy.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.GraphException;
import org.convoy.graph.Linear;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.models.Models.Model;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every model of the registry builds, and survives storing and reading. */
class ModelsTest {
  @TestFactory
  Stream<DynamicTest> everyModelBuildsAndIsReadAsItWasWritten() {
    return Models.all().stream()
        .map(model -> DynamicTest.dynamicTest(model.name(), () -> checkGraph(model)));
  }

  private static void checkGraph(Model model) {
    Graph graph = model.build();
    assertEquals(model.name(), graph.name());
    assertEquals(model.input(), graph.inputShape());
    assertEquals(Shape.of(model.classes()), graph.outputShape());
    assertEquals(graph, model.build(), "built twice");
    assertEquals(graph, Graph.fromJson(graph.toJson()), "written and read");
    assertEquals(Shape.of(7), model.build(model.input(), 7).outputShape());
    assertTrue(graph.multiplyAdds() > 0);
    checkLayout(Parameters.of(graph));
  }

  private static void checkLayout(Parameters layout) {
    long end = 0;
    Set<String> names = new HashSet<>();
    for (Parameter tensor : layout.all()) {
      assertEquals(end, tensor.offset(), tensor.name() + " follows the one before it");
      assertTrue(names.add(tensor.name()), tensor.name() + " is one tensor's name");
      assertEquals(
          tensor.offset() < layout.trainableLength(),
          tensor.kind().trainable(),
          tensor.name() + " stands with its kind");
      end = tensor.end();
    }
    assertEquals(layout.length(), end);
  }

  /** Every network takes other images, of odd sizes too. */
  @TestFactory
  Stream<DynamicTest> everyModelBuildsAtOddResolutions() {
    return Models.all().stream()
        .map(model -> DynamicTest.dynamicTest(model.name(), () -> checkResolutions(model)));
  }

  private static void checkResolutions(Model model) {
    int[] sides = model.input().dimension(1) < 64 ? new int[] {33, 45} : new int[] {129, 193};
    for (int side : sides) {
      Graph graph = model.build(Shape.of(model.input().channels(), side, side + 2), 11);
      assertEquals(Shape.of(11), graph.outputShape(), side + " pixels");
      assertTrue(graph.multiplyAdds() > 0);
    }
  }

  /** He et al. 2015, table 6, gives these in millions: 0.27, 0.46, 0.66, 0.85, 1.7. */
  @ParameterizedTest
  @CsvSource({"20, 269722", "32, 464154", "44, 658586", "56, 853018", "110, 1727962"})
  void cifarResNetsHaveTheSizeOfThePaper(int depth, long parameters) {
    Graph graph = Models.get("resnet" + depth).build();
    assertEquals(parameters, Parameters.of(graph).trainableLength());
    // Each 3x3 convolution costs the same in every stage; the first of a later stage costs half.
    long one = 9 * 16 * 16 * 32 * 32;
    long convolutions = (depth - 2) * one - 2 * one / 2;
    assertEquals(3 * 9 * 16 * 32 * 32 + convolutions + 64 * 10, graph.multiplyAdds());
  }

  /**
   * Millions of parameters and of multiply-adds: Sandler et al. 2018, table 4; Howard et al. 2019,
   * tables 3 and 4; Tan and Le 2019, table 2.
   */
  @ParameterizedTest
  @CsvSource({
    "mobilenet_v2, 3.4, 300",
    "mobilenet_v3_large, 5.4, 219",
    "mobilenet_v3_small, 2.5, 56",
    "efficientnet_b0, 5.3, 390",
    "efficientnet_b1, 7.8, 700",
    "efficientnet_b2, 9.2, 1000",
    "efficientnet_b3, 12, 1800",
    "efficientnet_b4, 19, 4200",
    "efficientnet_b5, 30, 9900",
    "efficientnet_b6, 43, 19000",
    "efficientnet_b7, 66, 37000",
  })
  void mobileNetworksHaveTheSizeOfThePaper(String name, double millions, double multiplyAdds) {
    Graph graph = Models.get(name).build();
    double parameters = Parameters.of(graph).trainableLength() * 1e-6;
    assertEquals(millions, parameters, 0.05 * millions, "parameters");
    assertEquals(multiplyAdds, graph.multiplyAdds() * 1e-6, 0.05 * multiplyAdds, "multiply-adds");
  }

  /**
   * Millions of parameters and of multiply-adds: Szegedy et al. 2015, the sums of table 1's
   * columns; Liu et al. 2022, table 1; Dai et al. 2021, table 4, of whose multiply-adds timm's
   * hybrids take a tenth more.
   */
  @ParameterizedTest
  @CsvSource({
    "googlenet, 6.8, 1500",
    "convnext_tiny, 29, 4500",
    "convnext_small, 50, 8700",
    "convnext_base, 89, 15400",
    "convnext_large, 198, 34400",
    "coatnet_0_224, 25, 4500",
    "coatnet_1_224, 42, 8600",
    "coatnet_2_224, 75, 16400"
  })
  void convNextsAndOthersHaveTheSizeOfThePaper(String name, double millions, double multiplyAdds) {
    Graph graph = Models.get(name).build();
    double parameters = Parameters.of(graph).trainableLength() * 1e-6;
    assertEquals(millions, parameters, 0.05 * millions, "parameters");
    assertEquals(multiplyAdds, graph.multiplyAdds() * 1e-6, 0.05 * multiplyAdds, "multiply-adds");
  }

  /** Simonyan and Zisserman 2015, table 2, in millions; normalisation adds two per channel. */
  @ParameterizedTest
  @CsvSource({"11, 133", "13, 133", "16, 138", "19, 144"})
  void vggsHaveTheSizeOfThePaper(int depth, double millions) {
    Graph plain = Models.get("vgg" + depth).build();
    Graph normed = Models.get("vgg" + depth + "_bn").build();
    long parameters = Parameters.of(plain).trainableLength();
    assertEquals(millions, parameters * 1e-6, 0.5);
    long channels =
        plain.nodes().stream()
            .filter(node -> node.op() instanceof Convolution)
            .mapToLong(node -> node.shape().channels())
            .sum();
    assertEquals(parameters + 2 * channels, Parameters.of(normed).trainableLength());
    assertEquals(plain.multiplyAdds(), normed.multiplyAdds());
  }

  /**
   * Huang et al. 2017, table 1: channels at the end of each block; two convolutions per dense
   * layer.
   */
  @ParameterizedTest
  @CsvSource({
    "121, 256, 512, 1024, 1024",
    "161, 384, 768, 2112, 2208",
    "169, 256, 512, 1280, 1664",
    "201, 256, 512, 1792, 1920"
  })
  void denseNetsHaveTheDepthInTheirNames(int depth, int one, int two, int three, int four) {
    Graph graph = Models.get("densenet" + depth).build();
    long layers =
        graph.nodes().stream()
            .filter(node -> node.op() instanceof Convolution || node.op() instanceof Linear)
            .count();
    assertEquals(depth, layers);
    List<Integer> ends = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (node.name().matches(".*transition\\d\\.norm|.*norm5")) {
        ends.add(node.shape().channels());
      }
    }
    assertEquals(List.of(one, two, three, four), ends);
  }

  /**
   * LeCun et al. 1998, with full connections from S2 to C3 and without weights in the subsampling
   * layers.
   */
  @Test
  void leNetHasTheShapeOfThePaper() {
    Graph graph = Models.get("lenet5").build();
    long expected =
        (6 * 25 + 6)
            + (16 * 6 * 25 + 16)
            + (120 * 16 * 25 + 120)
            + (84 * 120 + 84)
            + (10 * 84 + 10);
    assertEquals(expected, Parameters.of(graph).trainableLength());
  }

  /**
   * LeCun et al. 1998, section II.B: 156, 12, 1,516, 32, 48,120 and 10,164 trainable parameters,
   * 60,000 in all, and the fixed codes of the classes.
   */
  @Test
  void leNetOf1998HasTheParametersOfThePaper() {
    Parameters layout = Parameters.of(Models.get("lenet5_1998").build());
    long codes = layout.get("output.weight").length();
    assertEquals(84 * 10, codes);
    assertEquals(60_000, layout.trainableLength() - codes);
    long partial =
        layout.all().stream()
            .filter(tensor -> tensor.name().startsWith("c3."))
            .mapToLong(Parameter::length)
            .sum();
    assertEquals(1516, partial);
  }

  @Test
  void anUnknownNameListsTheKnownNames() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Models.get("resnet19")).toString();
    assertTrue(message.contains("resnet19") && message.contains("resnet18"), message);
  }

  @Test
  void anInputThatIsTooSmallIsRefused() {
    GraphException refusal =
        assertThrows(GraphException.class, () -> Models.get("lenet5").build(Shape.of(1, 8, 8), 10));
    assertTrue(refusal.toString().contains(": c3: "), refusal::toString);
  }
}
