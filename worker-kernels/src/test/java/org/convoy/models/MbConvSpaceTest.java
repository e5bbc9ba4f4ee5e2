package org.convoy.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks by their names. */
final class MbConvSpaceTest {
  private static final List<Integer> FIRST = Collections.nCopies(MbConvSpace.choices().size(), 0);

  @Test
  void theNameStatesEveryChoice() {
    assertEquals(20, FIRST.size());
    assertEquals("mbconv_k3e2d1w16-k3e2d1w24-k3e2d1w48-k3e2d1w64", MbConvSpace.name(FIRST));
    List<Integer> last = MbConvSpace.choices().stream().map(choices -> choices - 1).toList();
    assertEquals("mbconv_k7e6d2w32s-k7e6d2w48s-k7e6d2w96s-k7e6d2w128s", MbConvSpace.name(last));
  }

  /** Each value of each gene gives another network, which is the one that its name names. */
  @Test
  void everyGeneChangesTheNetwork() {
    Graph first = Models.get(MbConvSpace.name(FIRST)).build();
    for (int gene = 0; gene < FIRST.size(); gene++) {
      Graph before = first;
      for (int value = 1; value < MbConvSpace.choices().get(gene); value++) {
        List<Integer> genes = new ArrayList<>(FIRST);
        genes.set(gene, value);
        String name = MbConvSpace.name(genes);
        Graph network = Models.get(name).build();
        assertEquals(name, network.name());
        assertEquals(Shape.of(10), network.outputShape());
        assertNotEquals(before.nodes(), network.nodes(), name);
        before = network;
      }
    }
  }

  @Test
  void strides() {
    Graph network = Models.get(MbConvSpace.name(FIRST)).build();
    Node last =
        network.nodes().stream()
            .filter(node -> node.name().equals("features.5.0"))
            .findFirst()
            .orElseThrow();
    assertEquals(Shape.of(128, 8, 8), last.shape());
    assertTrue(Parameters.of(network).trainableLength() < 40_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mbconv_",
        "mbconv_k3e2d1w16-k3e2d1w24-k3e2d1w48",
        "mbconv_k3e2d1w16-k3e2d1w24-k3e2d1w48-k3e2d1w64-k3e2d1w64",
        "mbconv_k4e2d1w16-k3e2d1w24-k3e2d1w48-k3e2d1w64",
        "mbconv_k3e2d1w64-k3e2d1w24-k3e2d1w48-k3e2d1w64",
        "mbconv_k03e2d1w16-k3e2d1w24-k3e2d1w48-k3e2d1w64",
        "mbconv_k99999999999e2d1w16-k3e2d1w24-k3e2d1w48-k3e2d1w64",
      })
  void otherNamesNameNothing(String name) {
    assertFalse(Models.contains(name));
  }
}
