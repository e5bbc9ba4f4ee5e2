package org.convoy.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.convoy.models.Models;
import org.junit.jupiter.api.Test;

/** Where blocks are dropped in a residual network. */
class DropBlocksTest {
  private static final Dropout BLOCK = Dropout.block(0.1, 7);

  private static Graph in(String pattern) {
    Graph graph = Models.get("resnet50").build(Shape.of(3, 64, 64), 10);
    return DropBlocks.in(graph, name -> name.startsWith(pattern), BLOCK);
  }

  private static List<String> read(Graph graph, String name) {
    Node node =
        graph.nodes().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    return node.inputs().stream().map(input -> graph.nodes().get(input).name()).toList();
  }

  /** Ghiasi et al. 2018, section 4.1: behind convolutions and on shortcuts, projected or not. */
  @Test
  void behindNormsAndOnShortcuts() {
    Graph graph = in("layer4");
    assertEquals(
        List.of("layer4.0.bn3.drop_block", "layer4.0.downsample.1.drop_block"),
        read(graph, "layer4.0.add"));
    assertEquals(List.of("layer4.0.bn3"), read(graph, "layer4.0.bn3.drop_block"));
    String shortcut = read(graph, "layer4.1.add").get(1);
    assertEquals("layer4.1.add.drop_block_1", shortcut);
    assertEquals(List.of("layer4.0.relu_2"), read(graph, shortcut));
    // Three norms in each of three blocks, the projection's, and two plain shortcuts.
    assertEquals(
        12, graph.nodes().stream().filter(node -> node.op().equals(BLOCK)).count(), "dropped");
  }

  @Test
  void otherLayersAndAllTensorsStayAsTheyAre() {
    Graph plain = Models.get("resnet50").build(Shape.of(3, 64, 64), 10);
    assertEquals(Parameters.of(plain), Parameters.of(in("layer4")));
    assertEquals(plain, in("no such layer"));
    assertEquals(read(plain, "layer3.0.relu"), read(in("layer4"), "layer3.0.relu"));
  }
}
