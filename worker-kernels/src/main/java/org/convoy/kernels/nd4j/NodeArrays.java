package org.convoy.kernels.nd4j;

import java.util.ArrayList;
import java.util.List;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.kernels.Mode;
import org.convoy.kernels.PlanMemory;
import org.convoy.kernels.PlanRequest;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The native memory of a plan: one result a node and, for training, the gradient of each, in C
 * order.
 */
final class NodeArrays implements AutoCloseable {
  private final List<INDArray> results = new ArrayList<>();
  private final List<INDArray> slopes = new ArrayList<>();
  private final boolean inputSlope;

  NodeArrays(Graph graph, PlanRequest request) {
    DataType type = request.precision().vectors();
    inputSlope = request.inputGradient();
    Scratch.outside(
        () -> {
          for (int i = 0; i < graph.nodes().size(); i++) {
            long[] shape = graph.nodes().get(i).shape().batched(request.batch());
            results.add(Nd4j.zeros(type, shape));
            if (request.mode() == Mode.TRAINING && (i > 0 || inputSlope)) {
              slopes.add(Nd4j.zeros(type, shape));
            }
          }
        });
  }

  static PlanMemory memory(Graph graph, PlanRequest request) {
    long bytes = 0;
    int width = request.precision().vectors().width();
    for (Node node : graph.nodes()) {
      bytes += request.batch() * node.shape().elements() * width;
    }
    long input = request.batch() * graph.inputShape().elements() * width;
    long output = request.batch() * graph.outputShape().elements() * width;
    long edges = input + (graph.nodes().size() > 1 ? output : 0);
    boolean training = request.mode() == Mode.TRAINING;
    return new PlanMemory(
        (bytes - edges) + (training ? bytes - input : 0),
        0,
        edges + (request.inputGradient() ? input : 0));
  }

  INDArray result(int node) {
    return results.get(node);
  }

  /** The gradient of a node's result; node 0 has one only if the request asked for it. */
  INDArray slope(int node) {
    return slopes.get(inputSlope ? node : node - 1);
  }

  void clearSlopes() {
    slopes.forEach(slope -> slope.assign(0));
  }

  @Override
  public void close() {
    results.forEach(INDArray::close);
    slopes.forEach(INDArray::close);
  }
}
