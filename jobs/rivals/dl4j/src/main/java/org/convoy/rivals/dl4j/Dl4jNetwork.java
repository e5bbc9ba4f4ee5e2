package org.convoy.rivals.dl4j;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.BiConsumer;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.GraphException;
import org.convoy.graph.Linear;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.Parameters;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * A graph over images as DL4J's {@code ComputationGraph}: one vertex a node, under the node's name,
 * and behind the last a loss layer of softmax cross entropy. Every size is stated; DL4J's own
 * inference of sizes is left out, which miscounts the channels of a merge.
 */
public final class Dl4jNetwork {
  /** The vertex of the loss, whose activations are the softmax. */
  private static final String LOSS = "loss";

  private final Graph graph;
  private final ComputationGraph network;

  /**
   * @param updater what {@code fit} changes the parameters by
   * @param weightDecay the coefficient of an L2 penalty, of which DL4J leaves norms out
   * @param biasDecay the same for biases
   * @param fill writes a tensor's elements, in C order
   * @throws UnsupportedOperationException if an op has no counterpart; the message names it
   */
  public Dl4jNetwork(
      Graph graph,
      IUpdater updater,
      double weightDecay,
      double biasDecay,
      BiConsumer<Parameter, FloatBuffer> fill) {
    this.graph = graph;
    this.network = new ComputationGraph(configuration(graph, updater, weightDecay, biasDecay));
    network.init();
    fill(fill);
  }

  /**
   * The network's description, without its parameters.
   *
   * @throws UnsupportedOperationException if an op has no counterpart; the message names it
   */
  public static ComputationGraphConfiguration configuration(
      Graph graph, IUpdater updater, double weightDecay, double biasDecay) {
    if (graph.inputShape().spatialRank() != 2) {
      throw new UnsupportedOperationException(
          "DL4J: expected images as input, got " + graph.inputShape());
    }
    List<Node> nodes = graph.nodes();
    String input = nodes.get(0).name();
    GraphBuilder builder =
        new NeuralNetConfiguration.Builder()
            .dataType(DataType.FLOAT)
            .updater(updater)
            .l2(weightDecay)
            .l2Bias(biasDecay)
            .trainingWorkspaceMode(WorkspaceMode.ENABLED)
            .inferenceWorkspaceMode(WorkspaceMode.ENABLED)
            .cacheMode(CacheMode.NONE)
            .graphBuilder()
            .addInputs(input);
    for (Node node : nodes.subList(1, nodes.size())) {
      String[] inputs =
          node.inputs().stream().map(place -> nodes.get(place).name()).toArray(String[]::new);
      Dl4jVertices.add(builder, graph, node, inputs);
    }
    LossLayer loss =
        new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build();
    return builder
        .addLayer(LOSS, loss, nodes.get(nodes.size() - 1).name())
        .setOutputs(LOSS)
        .build();
  }

  private void fill(BiConsumer<Parameter, FloatBuffer> fill) {
    forEach(
        (node, tensor, own) -> {
          try (INDArray values =
              Nd4j.createUninitialized(DataType.FLOAT, tensor.shape().toArray(), 'c')) {
            fill.accept(tensor, values.data().asNioFloat());
            own.assign(Dl4jVertices.arranged(node, values, own.shape()));
          }
        });
  }

  /**
   * Reads every tensor.
   *
   * @param read takes a tensor's elements, in C order
   */
  public void read(BiConsumer<Parameter, float[]> read) {
    forEach(
        (node, tensor, own) -> {
          try (INDArray values =
              Nd4j.createUninitialized(DataType.FLOAT, tensor.shape().toArray(), 'c')) {
            INDArray arranged = Dl4jVertices.arranged(node, values, own.shape());
            arranged.assign(own);
            read.accept(tensor, values.data().asFloat());
          }
        });
  }

  /** A tensor of a node, and where DL4J has it. */
  private interface Visit {
    void take(Node node, Parameter tensor, INDArray own);
  }

  private void forEach(Visit visit) {
    Parameters layout = Parameters.of(graph);
    for (Node node : graph.nodes()) {
      List<String> keys = keys(node);
      List<Parameter> tensors = layout.of(graph, node);
      for (int i = 0; i < tensors.size(); i++) {
        Layer layer = network.getLayer(node.name());
        visit.take(node, tensors.get(i), layer.getParam(keys.get(i)));
      }
    }
  }

  /** DL4J's names of a node's tensors, in the order of its op. */
  private static List<String> keys(Node node) {
    if (node.op() instanceof Convolution || node.op() instanceof Linear) {
      return List.of("W", "b");
    } else if (node.op() instanceof BatchNorm) {
      return List.of("gamma", "beta", "mean", "var");
    }
    return List.of();
  }

  /** The graph that was converted. */
  Graph graph() {
    return graph;
  }

  /** The network itself. */
  public ComputationGraph network() {
    return network;
  }

  /** The result of the graph's last node in evaluation mode, before the softmax. */
  public float[] logits(INDArray images) {
    String last = graph.nodes().get(graph.nodes().size() - 1).name();
    INDArray logits = network.feedForward(images, false).get(last);
    if (logits == null) {
      throw new GraphException("DL4J: no activations of " + last);
    }
    return logits.dup('c').data().asFloat();
  }
}
