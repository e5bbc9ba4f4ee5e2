package org.convoy.driver.training;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.config.ParameterGroup;
import org.convoy.driver.evaluation.ImageFeed;
import org.convoy.driver.evaluation.Weights;
import org.convoy.graph.Draws;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.kernels.Backend;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The weights before the first step. */
final class FirstWeights {
  private FirstWeights() {}

  /**
   * The tensors of the model that the run starts from. All other tensors are drawn from the
   * recipe's seed, or zero where the recipe says so. Without a model, a convolution that whitens
   * patches is computed from images.
   *
   * @param feed of the training split
   * @throws IOException if the model cannot be read
   */
  static Weights of(Backend backend, RunSpec spec, ImageFeed feed, Configuration hadoop)
      throws IOException, InterruptedException {
    Graph graph = spec.graph();
    long seed = new Draws(spec.recipe().seed(), "parameters").bits(0);
    Parameters layout = Parameters.of(graph);
    INDArray parameters = layout.initialize(seed, DataType.FLOAT);
    for (Parameter tensor : layout.all()) {
      if (spec.recipe().model().startAtZero().stream()
          .anyMatch(each -> ParameterGroup.matches(each, tensor.name()))) {
        layout.view(parameters, tensor).assign(0);
      }
    }
    GivenModels.Given start = spec.models().start();
    boolean fresh = spec.resumeFrom().isEmpty();
    if (fresh && !start.there()) {
      PatchWhitening.apply(graph, parameters, feed, spec.microBatchSize());
    }
    if (fresh && start.there()) {
      try (StartingPoint point = StartingPoint.open(start.location(), spec, hadoop)) {
        start.requireSame(point.sha256());
        point.copyTo(parameters);
      }
    }
    return new Weights(backend, graph, parameters);
  }

  /** The patterns that match no tensor of a network. */
  static List<String> unmatched(List<String> patterns, Graph graph) {
    List<Parameter> tensors = Parameters.of(graph).all();
    return patterns.stream()
        .filter(
            each ->
                tensors.stream().noneMatch(tensor -> ParameterGroup.matches(each, tensor.name())))
        .toList();
  }
}
