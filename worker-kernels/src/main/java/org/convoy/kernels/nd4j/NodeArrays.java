package org.convoy.kernels.nd4j;

import java.util.ArrayList;
import java.util.List;
import org.convoy.graph.Graph;
import org.convoy.graph.Node;
import org.convoy.graph.ParameterSpec;
import org.convoy.graph.Shape;
import org.convoy.kernels.Mode;
import org.convoy.kernels.PlanMemory;
import org.convoy.kernels.PlanRequest;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The native memory of a plan: one result a node and, for training, the gradient of each, in C
 * order. What the caller sees, the input, its gradient and the output, are arrays by themselves;
 * the others are views of one block.
 */
final class NodeArrays implements AutoCloseable {
  private final List<INDArray> results = new ArrayList<>();
  private final List<INDArray> slopes = new ArrayList<>();
  private final List<INDArray> owned = new ArrayList<>();
  private final boolean inputSlope;
  private final Scratch scratch;

  NodeArrays(Graph graph, PlanRequest request) {
    inputSlope = request.inputGradient();
    scratch = new Scratch(scratchBytes(graph, request));
    // Whatever workspace the caller may be in, these outlive it.
    MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
    try {
      allocate(graph, request);
    } finally {
      outside.close();
    }
  }

  private void allocate(Graph graph, PlanRequest request) {
    DataType type = request.precision().vectors();
    INDArray block = own(Nd4j.zeros(type, Math.max(1, blockBytes(graph, request) / type.width())));
    int last = graph.nodes().size() - 1;
    boolean training = request.mode() == Mode.TRAINING;
    long from = 0;
    for (int i = 0; i <= last; i++) {
      long[] shape = graph.nodes().get(i).shape().batched(request.batch());
      long elements = request.batch() * graph.nodes().get(i).shape().elements();
      if (i == 0 || i == last) {
        results.add(own(Nd4j.zeros(type, shape)));
      } else {
        results.add(Matrices.view(block, from, shape, Nd4j.getStrides(shape, 'c')));
        from += elements;
      }
      if (training && i > 0) {
        slopes.add(Matrices.view(block, from, shape, Nd4j.getStrides(shape, 'c')));
        from += elements;
      } else if (inputSlope) {
        slopes.add(own(Nd4j.zeros(type, shape)));
      }
    }
  }

  private INDArray own(INDArray array) {
    owned.add(array);
    return array;
  }

  static PlanMemory memory(Graph graph, PlanRequest request) {
    long input = bytes(graph.inputShape(), request);
    long output = graph.nodes().size() > 1 ? bytes(graph.outputShape(), request) : 0;
    return new PlanMemory(
        blockBytes(graph, request) + scratchBytes(graph, request),
        0,
        input + output + (request.inputGradient() ? input : 0));
  }

  /** Every result but the input and the output, and for training every gradient but the input's. */
  private static long blockBytes(Graph graph, PlanRequest request) {
    int last = graph.nodes().size() - 1;
    long sum = 0;
    for (int i = 1; i <= last; i++) {
      long bytes = bytes(graph.nodes().get(i).shape(), request);
      sum += (i < last ? bytes : 0) + (request.mode() == Mode.TRAINING ? bytes : 0);
    }
    return sum;
  }

  /**
   * What the greediest op's temporaries may take: so many copies of what it reads and writes, and
   * fewer of its parameters.
   */
  private static long scratchBytes(Graph graph, PlanRequest request) {
    long largest = 0;
    for (Node node : graph.nodes()) {
      List<Shape> inputs = graph.inputShapes(node);
      long values = bytes(node.shape(), request);
      for (Shape input : inputs) {
        values += bytes(input, request);
      }
      long parameters = 0;
      for (ParameterSpec spec : node.op().parameters(inputs)) {
        parameters += spec.shape().elements() * request.precision().vectors().width();
      }
      boolean training = request.mode() == Mode.TRAINING;
      long bytes = training ? 6 * values + 2 * parameters : 3 * values + parameters;
      largest = Math.max(largest, bytes);
    }
    return largest;
  }

  private static long bytes(Shape shape, PlanRequest request) {
    return request.batch() * shape.elements() * request.precision().vectors().width();
  }

  INDArray result(int node) {
    return results.get(node);
  }

  /** The gradient of a node's result; node 0 has one only if the request asked for it. */
  INDArray slope(int node) {
    return slopes.get(inputSlope ? node : node - 1);
  }

  Scratch scratch() {
    return scratch;
  }

  void clearSlopes() {
    slopes.forEach(slope -> slope.assign(0));
  }

  @Override
  public void close() {
    owned.forEach(INDArray::close);
    scratch.close();
  }
}
