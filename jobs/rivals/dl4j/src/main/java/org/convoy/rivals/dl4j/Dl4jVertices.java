package org.convoy.rivals.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.convoy.graph.Activate;
import org.convoy.graph.AdaptiveAveragePool;
import org.convoy.graph.Add;
import org.convoy.graph.Attention;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.ChannelScale;
import org.convoy.graph.ChannelShuffle;
import org.convoy.graph.Concat;
import org.convoy.graph.Convolution;
import org.convoy.graph.Dropout;
import org.convoy.graph.Embedding;
import org.convoy.graph.Flatten;
import org.convoy.graph.GlobalAveragePool;
import org.convoy.graph.GlobalResponseNorm;
import org.convoy.graph.Graph;
import org.convoy.graph.GroupNorm;
import org.convoy.graph.Input;
import org.convoy.graph.LayerNorm;
import org.convoy.graph.Linear;
import org.convoy.graph.LocalResponseNorm;
import org.convoy.graph.MatrixProduct;
import org.convoy.graph.Multiply;
import org.convoy.graph.Node;
import org.convoy.graph.OpTable;
import org.convoy.graph.PRelu;
import org.convoy.graph.Pad;
import org.convoy.graph.PadChannels;
import org.convoy.graph.Pool;
import org.convoy.graph.RelativeAttention;
import org.convoy.graph.Reshape;
import org.convoy.graph.Resize;
import org.convoy.graph.Shape;
import org.convoy.graph.Slice;
import org.convoy.graph.Softmax;
import org.convoy.graph.TransposedConvolution;
import org.convoy.graph.Window;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
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
import org.deeplearning4j.nn.conf.layers.Layer;
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

  /** A node whose vertices are added. */
  private record Site(GraphBuilder builder, Node node, Shape read, String[] inputs) {
    String name() {
      return node.name();
    }

    void layer(Layer layer) {
      builder.addLayer(name(), layer, inputs);
    }

    void vertex(GraphVertex vertex) {
      builder.addVertex(name(), vertex, inputs);
    }
  }

  private static final String NONE = "DL4J has no vertex for it, or none here";

  private static final OpTable<Consumer<Site>> TABLE =
      OpTable.<Consumer<Site>>of("DL4J")
          .refuse(Input.class, "a network has one input, its first node")
          .on(Convolution.class, op -> site -> convolution(site, op))
          .on(Linear.class, op -> site -> linear(site, op))
          .on(BatchNorm.class, op -> site -> norm(site, op))
          .on(Activate.class, op -> site -> site.layer(activate(op)))
          .on(Pool.class, op -> site -> pool(site, op))
          .on(GlobalAveragePool.class, op -> site -> site.layer(globalAverage()))
          .on(Add.class, op -> site -> site.vertex(new ElementWiseVertex(ElementWiseVertex.Op.Add)))
          .on(Concat.class, op -> site -> site.vertex(new MergeVertex()))
          .on(Dropout.class, op -> site -> dropout(site, op))
          .on(PadChannels.class, op -> site -> padChannels(site, op))
          .on(Flatten.class, op -> Dl4jVertices::flatten)
          .refuse(LayerNorm.class, NONE)
          .refuse(LocalResponseNorm.class, NONE)
          .refuse(AdaptiveAveragePool.class, NONE)
          .refuse(Multiply.class, NONE)
          .refuse(ChannelScale.class, NONE)
          .refuse(GroupNorm.class, NONE)
          .refuse(GlobalResponseNorm.class, NONE)
          .refuse(PRelu.class, NONE)
          .refuse(Softmax.class, NONE)
          .refuse(TransposedConvolution.class, NONE)
          .refuse(Slice.class, NONE)
          .refuse(Pad.class, NONE)
          .refuse(ChannelShuffle.class, NONE)
          .refuse(Resize.class, NONE)
          .refuse(MatrixProduct.class, NONE)
          .refuse(Reshape.class, NONE)
          .refuse(Embedding.class, NONE)
          .refuse(Attention.class, NONE)
          .refuse(RelativeAttention.class, NONE)
          .build();

  private Dl4jVertices() {}

  /**
   * Adds a node's vertex, and others before it where DL4J needs them.
   *
   * @throws UnsupportedOperationException if there is none
   */
  static void add(GraphBuilder builder, Graph graph, Node node, String[] inputs) {
    TABLE.get(node.op()).accept(new Site(builder, node, graph.inputShapes(node).get(0), inputs));
  }

  private static void linear(Site site, Linear op) {
    if (site.read().spatialRank() != 0) {
      throw missing("a linear layer at every position of " + site.read());
    }
    site.layer(
        new DenseLayer.Builder()
            .nIn(site.read().channels())
            .nOut(op.outFeatures())
            .hasBias(op.bias())
            .activation(Activation.IDENTITY)
            .build());
  }

  private static void norm(Site site, BatchNorm op) {
    if (op.activation().isPresent() || site.inputs().length != 1) {
      throw missing("a norm with an addition or an activation in it");
    }
    site.layer(
        new BatchNormalization.Builder()
            .nIn(site.read().channels())
            .nOut(site.read().channels())
            .eps(op.epsilon())
            .decay(1 - op.momentum())
            .useLogStd(false)
            .build());
  }

  private static Layer activate(Activate op) {
    return new ActivationLayer.Builder().activation(activation(op)).build();
  }

  private static Layer globalAverage() {
    return new GlobalPoolingLayer.Builder(PoolingType.AVG).build();
  }

  private static void dropout(Site site, Dropout op) {
    if (op.kind() != Dropout.Kind.ELEMENT) {
      throw missing(op.word());
    }
    site.layer(new DropoutLayer.Builder(1 - op.probability()).build());
  }

  private static UnsupportedOperationException missing(String what) {
    return new UnsupportedOperationException("DL4J: no counterpart of " + what);
  }

  private static void convolution(Site site, Convolution op) {
    GraphBuilder builder = site.builder();
    String name = site.name();
    Shape read = site.read();
    String input = site.inputs()[0];
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
      throw missing(
          String.format(Locale.ROOT, "a convolution in %d groups of %s", op.groups(), read));
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
    builder.addLayer(name, (Layer) layer.build(), padded);
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

  private static void pool(Site site, Pool op) {
    Shape read = site.read();
    Window window = op.window();
    List<Integer> floor = window.slide(read.spatial(), false);
    if (!window.padBefore().equals(window.padAfter())
        || !floor.equals(site.node().shape().spatial())) {
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
    site.layer(layer.build());
  }

  /** Zeros are the input's own channels times zero: DL4J has no other vertex that makes some. */
  private static void padChannels(Site site, PadChannels op) {
    GraphBuilder builder = site.builder();
    String name = site.name();
    Shape read = site.read();
    String input = site.inputs()[0];
    if (Math.max(op.before(), op.after()) > read.channels()) {
      throw missing(
          String.format(
              Locale.ROOT, "%d and %d channels around %s", op.before(), op.after(), read));
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

  private static void flatten(Site site) {
    Shape read = site.read();
    if (read.spatialRank() != 2) {
      throw missing("flatten of " + read);
    }
    site.vertex(
        new PreprocessorVertex(
            new CnnToFeedForwardPreProcessor(
                read.dimension(1), read.dimension(2), read.channels())));
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
