package org.convoy.kernels.nd4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.convoy.graph.Graph;
import org.convoy.graph.Linear;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.ParameterSpec;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.kernels.GradientFlow;
import org.convoy.kernels.Mode;
import org.convoy.kernels.PlanMemory;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.Precision;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The native memory of a plan: one result per node and, for training, the gradients that backward
 * needs, in C order. The caller's arrays (the input, its gradient and the output) are separate; the
 * others are views of one block. A plan in bfloat16 leaves the caller's input and parameters as
 * they are and computes with copies.
 */
final class NodeArrays implements AutoCloseable {
  private final List<INDArray> results = new ArrayList<>();
  private final Map<Integer, INDArray> gradients = new TreeMap<>();
  private final List<INDArray> owned = new ArrayList<>();
  private final Scratch scratch;
  private final INDArray input;
  private final Optional<INDArray> parameters;
  private final INDArray unread;

  NodeArrays(Graph graph, PlanRequest request, GradientFlow flow) {
    scratch = new Scratch(scratchBytes(graph, request));
    // These arrays outlive any workspace of the caller.
    MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
    try {
      DataType type = request.precision().vectors();
      input = own(Nd4j.zeros(type, graph.inputShape().batched(request.batch())));
      parameters =
          copies(request)
              ? Optional.of(own(Nd4j.zeros(type, Math.max(1, Parameters.of(graph).length()))))
              : Optional.empty();
      unread = own(Nd4j.zeros(type, Math.max(1, unreadLength(graph, flow))));
      allocate(graph, request, flow);
    } finally {
      outside.close();
    }
  }

  private void allocate(Graph graph, PlanRequest request, GradientFlow flow) {
    DataType type = request.precision().vectors();
    INDArray block =
        own(Nd4j.zeros(type, Math.max(1, blockBytes(graph, request, flow) / type.width())));
    int last = graph.nodes().size() - 1;
    long from = 0;
    for (int i = 0; i <= last; i++) {
      long[] shape = graph.nodes().get(i).shape().batched(request.batch());
      long elements = request.batch() * graph.nodes().get(i).shape().elements();
      if (i == 0 && !copies(request)) {
        results.add(input);
      } else if (i == last) {
        results.add(own(Nd4j.zeros(type, shape)));
      } else {
        results.add(Matrices.view(block, from, shape, Nd4j.getStrides(shape, 'c')));
        from += elements;
      }
      if (flow.needs(i) && i > 0) {
        gradients.put(i, Matrices.view(block, from, shape, Nd4j.getStrides(shape, 'c')));
        from += elements;
      } else if (flow.needs(i)) {
        gradients.put(i, own(Nd4j.zeros(type, shape)));
      }
    }
  }

  private INDArray own(INDArray array) {
    owned.add(array);
    return array;
  }

  static PlanMemory memory(Graph graph, PlanRequest request, GradientFlow flow) {
    long input = bytes(graph.inputShape(), request);
    long output =
        graph.nodes().size() > 1 || copies(request) ? bytes(graph.jointShape(), request) : 0;
    long parameters = Parameters.of(graph).length() * request.precision().vectors().width();
    return new PlanMemory(
        blockBytes(graph, request, flow)
            + scratchBytes(graph, request)
            + unreadLength(graph, flow) * request.precision().vectors().width(),
        copies(request) ? parameters : 0,
        input + output + (request.inputGradient() ? input : 0));
  }

  private static boolean copies(PlanRequest request) {
    return request.precision() == Precision.BFLOAT16;
  }

  /**
   * All results except the output, the input if it is a copy, and all gradients that backward needs
   * except the input's.
   */
  private static long blockBytes(Graph graph, PlanRequest request, GradientFlow flow) {
    int last = graph.nodes().size() - 1;
    long sum = copies(request) && last > 0 ? bytes(graph.inputShape(), request) : 0;
    for (int i = 1; i <= last; i++) {
      long bytes = bytes(graph.nodes().get(i).shape(), request);
      sum += (i < last ? bytes : 0) + (flow.needs(i) ? bytes : 0);
    }
    return sum;
  }

  /**
   * The most memory that any op's temporaries need: a number of copies of its inputs and results,
   * and fewer copies of its parameters. A linear layer copies no parameters; its weights may be a
   * network's largest tensor.
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
      if (!(node.op() instanceof Linear)) {
        for (ParameterSpec spec : node.op().parameters(inputs)) {
          parameters += spec.shape().elements() * request.precision().vectors().width();
        }
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

  /** The largest frozen tensor of a node that backward reaches. */
  private static long unreadLength(Graph graph, GradientFlow flow) {
    Parameters layout = Parameters.of(graph);
    long largest = 0;
    for (int i = 1; i < graph.nodes().size(); i++) {
      for (Parameter tensor : layout.of(graph, graph.nodes().get(i))) {
        if (flow.needs(i) && tensor.kind().trainable() && !flow.trains(tensor)) {
          largest = Math.max(largest, tensor.length());
        }
      }
    }
    return largest;
  }

  /** Memory for the gradient of a frozen tensor, shared by all of them. */
  INDArray unread(Parameter tensor) {
    long[] shape = tensor.shape().toArray();
    return Matrices.view(unread, 0, shape, Nd4j.getStrides(shape, 'c'));
  }

  /** The input that the caller writes. */
  INDArray input() {
    return input;
  }

  /** The copies that the plan computes with instead of the bound parameters. */
  INDArray parameters(INDArray bound) {
    return parameters.orElse(bound);
  }

  /** A node's value as other nodes read it; for node 0 the caller's input itself or its copy. */
  INDArray result(int node) {
    return results.get(node);
  }

  /** The gradient of a node's result, if backward needs it. */
  INDArray gradient(int node) {
    return Objects.requireNonNull(gradients.get(node), "a gradient that backward needs");
  }

  Scratch scratch() {
    return scratch;
  }

  void clearGradients() {
    gradients.values().forEach(gradient -> gradient.assign(0));
  }

  @Override
  public void close() {
    owned.forEach(INDArray::close);
    scratch.close();
  }
}
