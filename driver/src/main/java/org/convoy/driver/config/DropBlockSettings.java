package org.convoy.driver.config;

import java.io.Serializable;
import java.util.List;
import org.convoy.graph.DropBlocks;
import org.convoy.graph.Dropout;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.settings.Checks;

/**
 * DropBlock in training, see {@link DropBlocks}. The probability grows in a line over the epochs,
 * from 0 in the first to its full value in the last.
 *
 * @param probability of an element to be dropped in the last epoch; 0: off
 * @param size the side of a block in positions
 * @param layers patterns, as {@link ParameterGroup} has them, for the names of the batch
 *     normalisations and sums to which this happens
 */
public record DropBlockSettings(double probability, int size, List<String> layers)
    implements Serializable {

  /** Checks the rules. */
  public DropBlockSettings {
    layers = List.copyOf(layers);
    new Checks()
        .that(
            probability >= 0 && probability < 1,
            "probability",
            "expected at least 0 and less than 1, got " + probability)
        .atLeast("size", size, 1)
        .that(
            layers.stream().allMatch(ParameterGroup::isPattern),
            "layers",
            "expected patterns with each [ closed by a ], got " + layers)
        .that(
            probability == 0 || !layers.isEmpty(),
            "layers",
            "expected patterns for the names of layers, for example [\"layer[34].*\"], got none",
            "probability")
        .done();
  }

  /** Whether blocks are dropped. */
  public boolean on() {
    return probability > 0;
  }

  /**
   * The network as an epoch trains it.
   *
   * @param epoch from 0
   * @param epochs of the run
   */
  public Graph in(Graph graph, int epoch, int epochs) {
    if (!on()) {
      return graph;
    }
    double share = epochs > 1 ? (double) epoch / (epochs - 1) : 1;
    Dropout block = Dropout.block(share * probability, size);
    return DropBlocks.in(
        graph, name -> layers.stream().anyMatch(each -> matches(each, name)), block);
  }

  /** The patterns that no layer of the network matches at which blocks can be dropped. */
  public List<String> unmatched(Graph graph) {
    List<String> names = graph.nodes().stream().filter(DropBlocks::takes).map(Node::name).toList();
    return layers.stream()
        .filter(each -> names.stream().noneMatch(name -> matches(each, name)))
        .toList();
  }

  private static boolean matches(String pattern, String name) {
    return ParameterGroup.matches(pattern, name);
  }
}
