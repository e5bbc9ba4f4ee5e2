package org.convoy.rivals.libtorch;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.convoy.graph.Add;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Linear;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A graph as libtorch functions over tensors of the same names and shapes. As in torchvision, ReLU
 * and the addition of a residual overwrite their input where nothing else needs it. Intermediate
 * results are let go as soon as the last op has read them: what backward needs, autograd holds.
 */
public final class TorchNetwork implements AutoCloseable {
  private final Graph graph;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final List<TorchOp> ops = new ArrayList<>();
  private final int[] lastReader;

  /**
   * @param format of the weights of convolutions, and of the images that {@link #forward} is given
   * @param fill writes a tensor's elements, in C order
   * @throws UnsupportedOperationException if an op has no counterpart here; the message names it
   */
  public TorchNetwork(Graph graph, MemoryFormat format, BiConsumer<Parameter, FloatBuffer> fill) {
    this.graph = graph;
    Parameters layout = Parameters.of(graph);
    for (Parameter parameter : layout.all()) {
      tensors.put(parameter.name(), tensor(parameter, format, fill));
    }
    int[] readers = graph.readers();
    this.lastReader = new int[readers.length];
    Arrays.fill(lastReader, readers.length);
    for (Node node : graph.nodes()) {
      node.inputs().forEach(input -> lastReader[input] = ops.size());
      List<Tensor> own =
          layout.of(graph, node).stream().map(parameter -> tensors.get(parameter.name())).toList();
      boolean overwrites =
          !node.inputs().isEmpty()
              && readers[node.inputs().get(0)] == 1
              && forgetsItsResult(graph.nodes().get(node.inputs().get(0)));
      Shape input = node.inputs().isEmpty() ? node.shape() : graph.inputShapes(node).get(0);
      ops.add(TorchOps.of(node.op(), new TorchOps.Site(input, node.shape(), own, overwrites)));
    }
  }

  private static Tensor tensor(
      Parameter parameter, MemoryFormat format, BiConsumer<Parameter, FloatBuffer> fill) {
    Tensor tensor = torch.empty(parameter.shape().toArray());
    fill.accept(parameter, tensor.createBuffer());
    if (format == MemoryFormat.ChannelsLast && parameter.shape().rank() == 4) {
      Tensor plain = tensor;
      tensor = plain.contiguous(format);
      plain.close();
    }
    return tensor.requires_grad_(parameter.kind().trainable());
  }

  /** Whether a node's gradient can be computed without its result. */
  private static boolean forgetsItsResult(Node node) {
    return node.op() instanceof Convolution
        || node.op() instanceof Linear
        || node.op() instanceof BatchNorm
        || node.op() instanceof Add;
  }

  /** The tensors that are trained, in the order of the flat vector. */
  public TensorVector trained() {
    TensorVector trained = new TensorVector();
    tensors.values().stream().filter(Tensor::requires_grad).forEach(trained::push_back);
    return trained;
  }

  /**
   * The result for a batch; the caller closes it.
   *
   * @param images (batch, channels, spatial...), which stay the caller's
   * @param training whether norms take the batch's statistics, and move the running ones
   */
  public Tensor forward(Tensor images, boolean training) {
    @Nullable Tensor[] results = new Tensor[ops.size()];
    results[0] = images;
    for (int i = 1; i < results.length; i++) {
      List<Integer> inputs = graph.nodes().get(i).inputs();
      Tensor[] read = inputs.stream().map(input -> results[input]).toArray(Tensor[]::new);
      results[i] = ops.get(i).apply(read, training);
      for (int input : inputs) {
        Tensor last = results[input];
        if (lastReader[input] == i && input > 0 && last != null) {
          last.close();
          results[input] = null;
        }
      }
    }
    Tensor result = results[results.length - 1];
    if (result == null || result == images) {
      throw new IllegalStateException(graph.name() + ": expected an op behind the input");
    }
    return result;
  }

  @Override
  public void close() {
    tensors.values().forEach(Tensor::close);
  }
}
