package org.convoy.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Networks with auxiliary outputs. */
final class OutputsTest {
  private static final Shape IMAGE = Shape.of(3, 8, 8);

  private static Value body() {
    return Value.input(IMAGE).conv("conv1", 4, 3).relu();
  }

  private static Graph alone() {
    return body().conv("conv2", 6, 3).globalAveragePool().linear("fc", 5).graph("net");
  }

  private static Graph helped() {
    Value early = body();
    Value main = early.conv("conv2", 6, 3).globalAveragePool().linear("fc", 5);
    return main.graph("net", 0.3, early.within("aux", x -> x.globalAveragePool().linear("fc", 5)));
  }

  @Test
  void theMainNetworkIsTheOneWithoutAuxiliaryOutputs() {
    Graph graph = helped();
    assertEquals(List.of(new Output("fc", 1), new Output("aux.fc", 0.3)), graph.outputs());
    assertEquals(Shape.of(5), graph.outputShape());
    assertEquals(Shape.of(10), graph.jointShape());
    assertTrue(Parameters.of(graph).contains("aux.fc.weight"));
    assertEquals(alone(), graph.main());
    assertSame(graph.main().name(), graph.name());
  }

  @Test
  void outputsAreKeptInFilesAndAtOtherResolutions() {
    Graph graph = helped();
    assertEquals(graph, Graph.fromJson(graph.toJson()));
    assertEquals(graph.outputs(), graph.at(Shape.of(3, 12, 12)).outputs());
    assertFalse(alone().toJson().contains("outputs"), "models of one output are stored as before");
  }

  @Test
  void outputsThatTheLastNodeDoesNotConcatenateAreRefused() {
    List<Node> nodes = helped().nodes();
    List<Output> reversed = List.of(new Output("aux.fc", 0.3), new Output("fc", 1));
    refused("expected a last node that concatenates", () -> new Graph("net", nodes, reversed));
    refused(
        "expected a last node that concatenates",
        () -> new Graph("net", alone().nodes(), List.of(new Output("fc", 1))));
    refused("expected a weight above 0", () -> new Output("fc", 0));
    Value early = body();
    Value wide = early.within("aux", x -> x.globalAveragePool().linear("fc", 6));
    refused(
        "expected outputs of one shape",
        () -> early.globalAveragePool().linear("fc", 5).graph("net", 0.3, wide));
  }

  private static void refused(String reason, org.junit.jupiter.api.function.Executable attempt) {
    GraphException refusal = assertThrows(GraphException.class, attempt);
    assertTrue(refusal.toString().contains(reason), refusal::toString);
  }
}
