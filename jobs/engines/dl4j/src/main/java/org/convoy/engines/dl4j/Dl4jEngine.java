package org.convoy.engines.dl4j;

import org.convoy.driver.engine.Dl4jAveraging;
import org.convoy.driver.engine.Dl4jSharing;
import org.convoy.driver.engine.Engine;
import org.convoy.driver.engine.EngineRun;
import org.convoy.driver.engine.ForeignEngine;
import org.convoy.graph.Graph;
import org.convoy.optim.Optimizer;
import org.convoy.rivals.dl4j.Dl4jNetwork;
import org.convoy.settings.RequestException;
import org.nd4j.linalg.learning.config.NoOp;

/** DL4J's two training masters. */
public final class Dl4jEngine implements ForeignEngine {
  @Override
  public boolean is(Engine engine) {
    return engine instanceof Dl4jAveraging || engine instanceof Dl4jSharing;
  }

  @Override
  public void check(Graph graph, Optimizer optimizer) {
    Updaters updater = Updaters.of(optimizer, graph);
    RequestException.asked(
        () -> {
          try {
            return Dl4jNetwork.configuration(
                graph, new NoOp(), updater.weightDecay(), updater.biasDecay());
          } catch (UnsupportedOperationException e) {
            throw new IllegalArgumentException("model.name: " + e.getMessage(), e);
          }
        });
  }

  @Override
  public Session open(EngineRun run) {
    Engine engine = run.engine();
    if (engine instanceof Dl4jAveraging averaging) {
      return new MasterSession(run, new AveragingRounds(run, averaging));
    } else if (engine instanceof Dl4jSharing sharing) {
      return new MasterSession(run, new SharingRounds(run, sharing));
    }
    throw new IllegalArgumentException("expected an engine of DL4J's, got " + engine);
  }
}
