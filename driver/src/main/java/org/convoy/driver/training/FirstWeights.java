package org.convoy.driver.training;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.evaluation.Weights;
import org.convoy.graph.Draws;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.kernels.Backend;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The weights before the first step. */
final class FirstWeights {
  private FirstWeights() {}

  /**
   * The tensors of the model that the run starts from. All other tensors are drawn from the
   * recipe's seed.
   *
   * @throws IOException if the model cannot be read
   */
  static Weights of(Backend backend, RunSpec spec, Configuration hadoop) throws IOException {
    Graph graph = spec.graph();
    long seed = new Draws(spec.recipe().seed(), "parameters").bits(0);
    INDArray parameters = Parameters.of(graph).initialize(seed, DataType.FLOAT);
    GivenModels.Given start = spec.models().start();
    if (start.there() && spec.resumeFrom().isEmpty()) {
      try (StartingPoint point = StartingPoint.open(start.location(), spec, hadoop)) {
        start.requireSame(point.sha256());
        point.copyTo(parameters);
      }
    }
    return new Weights(backend, graph, parameters);
  }
}
