package org.convoy.jobs.rivals;

import java.nio.FloatBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.convoy.graph.Add;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Draws;
import org.convoy.graph.Dropout;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;

/**
 * The tensors that every contender starts from: those of seed 0, except that norms at the end of a
 * residual branch, or before its stochastic depth, scale by a tenth. At initialisation a deep
 * network with batch normalisation over few images amplifies rounding until two frameworks have
 * nothing in common; close to the identity it does not.
 */
public final class InitialTensors {
  private static final long SEED = 0;
  private static final double BRANCH = 0.1;
  private static final int STRIP = 1 << 16;

  private final Set<Parameter> weakened = new HashSet<>();

  public InitialTensors(Graph graph) {
    Parameters layout = Parameters.of(graph);
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Add) {
        Node branch = graph.nodes().get(node.inputs().get(0));
        if (branch.op() instanceof Dropout) {
          branch = graph.nodes().get(branch.inputs().get(0));
        }
        if (branch.op() instanceof BatchNorm) {
          weakened.add(layout.of(graph, branch).get(0));
        }
      }
    }
  }

  /** Writes a tensor's elements in C order from the buffer's first element on. */
  public void fill(Parameter parameter, FloatBuffer elements) {
    Draws draws = new Draws(SEED, parameter.name());
    double scale = weakened.contains(parameter) ? BRANCH : 1;
    int length = Math.toIntExact(parameter.length());
    IntStream.range(0, (length + STRIP - 1) / STRIP)
        .parallel()
        .forEach(
            strip -> {
              int to = Math.min(length, (strip + 1) * STRIP);
              for (int i = strip * STRIP; i < to; i++) {
                double value = parameter.initializer().draw(draws, i, parameter.shape());
                elements.put(i, (float) (scale * value));
              }
            });
  }
}
