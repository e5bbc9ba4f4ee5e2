package org.convoy.rivals.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.convoy.graph.Activate;
import org.convoy.graph.Add;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Concat;
import org.convoy.graph.Convolution;
import org.convoy.graph.Dropout;
import org.convoy.graph.Flatten;
import org.convoy.graph.GlobalAveragePool;
import org.convoy.graph.Graph;
import org.convoy.graph.Linear;
import org.convoy.graph.Node;
import org.convoy.graph.PadChannels;
import org.convoy.graph.Pool;
import org.convoy.graph.Shape;
import org.convoy.graph.Window;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Every op's counterpart in DL4J, over images in the layout (batch, channels, height, width). */
final class Dl4jVertices {
  private Dl4jVertices() {}

  /**
   * Adds a node's vertex, and others before it where DL4J needs them.
   *
   * @throws UnsupportedOperationException if there is none
   */
  static void add(GraphBuilder builder, Graph graph, Node node, String[] inputs) {
    Shape read = graph.inputShapes(node).get(0);
    if (node.op() instanceof Convolution convolution) {
      convolution(builder, node.name(), convolution, read, inputs[0]);
    } else if (node.op() instanceof Linear linear && read.spatialRank() == 0) {
      builder.addLayer(
          node.name(),
          new DenseLayer.Builder()
              .nIn(read.channels())
              .nOut(linear.outFeatures())
              .hasBias(linear.bias())
              .activation(Activation.IDENTITY)
              .build(),
          inputs);
    } else if (node.op() instanceof BatchNorm norm && norm.activation().isEmpty() && inputs.length == 1) {
      builder.addLayer(
          node.name(),
          new BatchNormalization.Builder()
              .nIn(read.channels())
              .nOut(read.channels())
              .eps(norm.epsilon())
              .decay(1 - norm.momentum())
              .useLogStd(false)
              .build(),
          inputs);
    } else if (node.op() instanceof Activate activate) {
      builder.addLayer(
          node.name(),
          new ActivationLayer.Builder().activation(activation(activate)).build(),
          inputs);
    } else if (node.op() instanceof Pool pool) {
      pool(builder, node, pool, read, inputs);
    } else if (node.op() instanceof GlobalAveragePool) {
      builder.addLayer(
          node.name(), new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), inputs);
    } else if (node.op() instanceof Add) {
      builder.addVertex(node.name(), new ElementWiseVertex(ElementWiseVertex.Op.Add), inputs);
    } else if (node.op() instanceof Concat) {
      builder.addVertex(node.name(), new MergeVertex(), inputs);
    } else if (node.op() instanceof Dropout dropout && dropout.kind() == Dropout.Kind.ELEMENT) {
      builder.addLayer(
          node.name(), new DropoutLayer.Builder(1 - dropout.probability()).build(), inputs);
    } else if (node.op() instanceof PadChannels pad) {
      padChannels(builder, node.name(), pad, read, inputs[0]);
    } else if (node.op() instanceof Flatten) {
      flatten(builder, node.name(), read, inputs);
    } else {
      throw missing(node.op().word() + " of " + read);
    }
  }

  private static UnsupportedOperationException missing(String what) {
    return new UnsupportedOperationException("DL4J: no counterpart of " + what);
  }

  private static void convolution(
      GraphBuilder builder, String name, Convolution op, Shape read, String input) {
    Window window = op.window();
    int[] padding = ints(window.padBefore());
    String padded = input;
    if (!window.padBefore().equals(window.padAfter())) {
      padded = name + "-padding";
      List<Integer> before = window.padBefore();
      List<Integer> after = window.padAfter();
      builder.addLayer(
          padded,
          new ZeroPaddingLayer.Builder(before.get(0), after.get(0), before.get(1), after.get(1))
              .build(),
          input);
      padding = new int[2];
    }
    boolean depthwise = op.groups() == read.channels() && op.groups() > 1;
    if (op.groups() > 1 && !depthwise) {
      throw missing(String.format(Locale.ROOT, "a convolution in %d groups of %s", op.groups(), read));
    }
    ConvolutionLayer.BaseConvBuilder<?> layer =
        depthwise
            ? new DepthwiseConvolution2D.Builder(
                    ints(window.kernel()), ints(window.stride()), padding)
                .depthMultiplier(op.outChannels() / op.groups())
            : new ConvolutionLayer.Builder(ints(window.kernel()), ints(window.stride()), padding);
    layer.setDilation(ints(window.dilation()));
    layer.convolutionMode(ConvolutionMode.Truncate);
    layer.nIn(read.channels());
    layer.nOut(op.outChannels());
    layer.hasBias(op.bias());
    layer.activation(Activation.IDENTITY);
    builder.addLayer(name, (org.deeplearning4j.nn.conf.layers.Layer) layer.build(), padded);
  }

  private static IActivation activation(Activate op) {
    return switch (op.function()) {
      case RELU -> Activation.RELU.getActivationFunction();
      case RELU6 -> Activation.RELU6.getActivationFunction();
      case LEAKY_RELU -> new ActivationLReLU(op.alpha());
      case ELU -> new ActivationELU(op.alpha());
      case SIGMOID -> Activation.SIGMOID.getActivationFunction();
      case TANH -> Activation.TANH.getActivationFunction();
      case SILU -> Activation.SWISH.getActivationFunction();
      default -> throw missing(op.word());
    };
  }

  private static void pool(
      GraphBuilder builder, Node node, Pool op, Shape read, String[] inputs) {
    Window window = op.window();
    List<Integer> floor = window.slide(read.spatial(), false);
    if (!window.padBefore().equals(window.padAfter()) || !floor.equals(node.shape().spatial())) {
      throw missing(String.format(Locale.ROOT, "a pool of %s with %s", read, window));
    }
    SubsamplingLayer.Builder layer =
        new SubsamplingLayer.Builder(
            op.kind() == Pool.Kind.MAX ? PoolingType.MAX : PoolingType.AVG,
            ints(window.kernel()),
            ints(window.stride()),
            ints(window.padBefore()));
    layer.convolutionMode(ConvolutionMode.Truncate);
    layer.setAvgPoolIncludePadInDivisor(op.countPadding());
    builder.addLayer(node.name(), layer.build(), inputs);
  }

  /** Zeros are the input's own channels times zero: DL4J has no other vertex that makes some. */
  private static void padChannels(
      GraphBuilder builder, String name, PadChannels op, Shape read, String input) {
    if (Math.max(op.before(), op.after()) > read.channels()) {
      throw missing(String.format(Locale.ROOT, "%d and %d channels around %s", op.before(), op.after(), read));
    }
    builder.addVertex(name + "-zeros", new ScaleVertex(0), input);
    List<String> parts = new ArrayList<>(List.of(input));
    if (op.before() > 0) {
      parts.add(0, name + "-before");
      builder.addVertex(parts.get(0), new SubsetVertex(0, op.before() - 1), name + "-zeros");
    }
    if (op.after() > 0) {
      String after = name + "-after";
      parts.add(after);
      builder.addVertex(after, new SubsetVertex(0, op.after() - 1), name + "-zeros");
    }
    builder.addVertex(name, new MergeVertex(), parts.toArray(String[]::new));
  }

  private static void flatten(GraphBuilder builder, String name, Shape read, String[] inputs) {
    if (read.spatialRank() != 2) {
      throw missing("flatten of " + read);
    }
    builder.addVertex(
        name,
        new PreprocessorVertex(
            new CnnToFeedForwardPreProcessor(
                read.dimension(1), read.dimension(2), read.channels())),
        inputs);
  }

  /**
   * A node's tensor as DL4J lays it out: matrices transposed, kernels of depthwise convolutions as
   * (height, width, channels, multiplier), the rest as rows.
   */
  static INDArray arranged(Node node, INDArray tensor, long[] shape) {
    if (node.op() instanceof Linear && tensor.rank() == 2) {
      return tensor.transpose();
    } else if (node.op() instanceof Convolution convolution
        && tensor.rank() == 4
        && convolution.groups() > 1) {
      long multiplier = convolution.outChannels() / convolution.groups();
      return tensor
          .reshape('c', convolution.groups(), multiplier, tensor.size(2), tensor.size(3))
          .permute(2, 3, 0, 1);
    }
    return tensor.reshape('c', shape);
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
