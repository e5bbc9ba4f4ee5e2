package org.convoy.engines.dl4j;

import java.util.function.Function;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Graph;
import org.convoy.optim.Optimizer;
import org.convoy.settings.RequestException;
import org.convoy.settings.Variants;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * A recipe's optimizer as DL4J's. Its momentum is Nesterov's, and it has no weight decay for norms.
 *
 * @param updater makes the updater with a schedule of rates
 * @param weightDecay the L2 penalty of weights
 * @param biasDecay the L2 penalty of biases
 */
record Updaters(Function<ISchedule, IUpdater> updater, double weightDecay, double biasDecay) {
  /**
   * The counterpart of an optimizer.
   *
   * @throws RequestException naming the key that has none
   */
  static Updaters of(Optimizer optimizer, Graph graph) {
    if (!(optimizer instanceof org.convoy.optim.Sgd sgd)) {
      throw new RequestException(
          "optimizer.name: expected sgd with an engine of DL4J's, got "
              + Variants.name(optimizer.getClass()));
    }
    if (sgd.momentum() > 0 && !sgd.nesterov()) {
      throw new RequestException(
          "optimizer.nesterov: expected true or no momentum, for DL4J has no other momentum, got"
              + " false");
    }
    boolean norms = graph.nodes().stream().anyMatch(node -> node.op() instanceof BatchNorm);
    if (norms && sgd.weightDecay() > 0 && sgd.decayNormsAndBiases()) {
      throw new RequestException(
          "optimizer.decay-norms-and-biases: expected false, for DL4J has no weight decay for"
              + " norms, got true");
    }
    return new Updaters(
        rates -> sgd.momentum() == 0 ? new Sgd(rates) : new Nesterovs(rates, sgd.momentum()),
        sgd.weightDecay(),
        sgd.decayNormsAndBiases() ? sgd.weightDecay() : 0);
  }
}
