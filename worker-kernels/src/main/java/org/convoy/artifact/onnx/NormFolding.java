package org.convoy.artifact.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Linear;
import org.convoy.graph.Node;
import org.convoy.graph.Op;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network for inference in which batch normalisation is part of the convolution or linear layer
 * before it: with {@code s = scale / sqrt(variance + epsilon)} the layer's weights become {@code s
 * W} and its bias {@code s (b - mean) + shift}. A norm stays where it does not follow such a layer,
 * or where others read the layer too.
 *
 * @param graph the network with fewer norms; layers keep their names
 * @param weights (n) float32 in the layout of {@code graph}; the caller closes it
 */
record NormFolding(Graph graph, INDArray weights) {

  /**
   * Folds the norms of a network.
   *
   * @param flat (n) float32 in the layout of {@code graph}
   */
  static NormFolding of(Graph graph, INDArray flat) {
    int[] norms = norms(graph);
    int[] place = new int[graph.nodes().size()];
    List<Node> kept = new ArrayList<>();
    List<@Nullable Node> folded = new ArrayList<>();
    for (int i = 0; i < place.length; i++) {
      Node node = graph.nodes().get(i);
      if (node.op() instanceof BatchNorm && norms[node.inputs().get(0)] == i) {
        place[i] = place[node.inputs().get(0)];
        continue;
      }
      place[i] = kept.size();
      List<Integer> inputs = node.inputs().stream().map(input -> place[input]).toList();
      Node norm = norms[i] < 0 ? null : graph.nodes().get(norms[i]);
      Op op = norm == null ? node.op() : biased(node.op());
      kept.add(new Node(node.name(), op, inputs, node.shape()));
      folded.add(norm);
    }
    Graph fewer = new Graph(graph.name(), kept);
    Parameters from = Parameters.of(graph);
    Parameters to = Parameters.of(fewer);
    INDArray weights = Nd4j.create(DataType.FLOAT, to.length());
    for (Parameter parameter : to.all()) {
      if (from.contains(parameter.name())) {
        to.view(weights, parameter).assign(from.view(flat, from.get(parameter.name())));
      }
    }
    for (int i = 0; i < kept.size(); i++) {
      Node norm = folded.get(i);
      if (norm != null) {
        List<INDArray> layer = views(to, weights, fewer, kept.get(i));
        fold(layer, views(from, flat, graph, norm), ((BatchNorm) norm.op()).epsilon());
      }
    }
    return new NormFolding(fewer, weights);
  }

  /** The norm that is folded into each node, or -1. */
  private static int[] norms(Graph graph) {
    int[] readers = graph.readers();
    int[] norms = new int[readers.length];
    Arrays.fill(norms, -1);
    for (int i = 0; i < norms.length; i++) {
      Node node = graph.nodes().get(i);
      if (node.op() instanceof BatchNorm norm
          && norm.activation().isEmpty()
          && node.inputs().size() == 1) {
        int source = node.inputs().get(0);
        Op layer = graph.nodes().get(source).op();
        if (readers[source] == 1 && (layer instanceof Convolution || layer instanceof Linear)) {
          norms[source] = i;
        }
      }
    }
    return norms;
  }

  private static Op biased(Op layer) {
    return layer instanceof Convolution convolution
        ? convolution.withBias()
        : new Linear(((Linear) layer).outFeatures(), true, ((Linear) layer).initializer());
  }

  private static List<INDArray> views(Parameters layout, INDArray flat, Graph graph, Node node) {
    return layout.of(graph, node).stream().map(each -> layout.view(flat, each)).toList();
  }

  /**
   * @param layer weight and bias, which are changed
   * @param norm scale, shift, running mean and running variance
   */
  private static void fold(List<INDArray> layer, List<INDArray> norm, double epsilon) {
    INDArray weight = layer.get(0);
    INDArray bias = layer.get(1);
    long outputs = weight.size(0);
    INDArray rows = weight.reshape('c', outputs, weight.length() / outputs);
    for (long o = 0; o < outputs; o++) {
      double root = Math.sqrt(norm.get(3).getDouble(o) + epsilon);
      double scale = norm.get(0).getDouble(o) / root;
      rows.getRow(o).muli(scale);
      double shifted = scale * (bias.getDouble(o) - norm.get(2).getDouble(o));
      bias.putScalar(o, shifted + norm.get(1).getDouble(o));
    }
  }
}
