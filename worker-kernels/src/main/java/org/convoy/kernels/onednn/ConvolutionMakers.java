package org.convoy.kernels.onednn;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Convolution;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.kernels.plan.Chain;
import org.convoy.kernels.vector.VectorConvolution;
import org.convoy.kernels.vector.VectorDepthwise;
import org.convoy.kernels.vector.VectorWeightGradient;
import org.convoy.kernels.vector.VectorWindow;

/** A convolution's sizes, and makers of oneDNN's primitives for it in a layout. */
final class ConvolutionMakers {
  /** Taps of a depthwise window up to which oneDNN's kernels in bfloat16 are fast. */
  private static final int WIDE = 3;

  /** With fewer channels, blocks would mostly hold padding. */
  private static final int FEW_CHANNELS = 8;

  private final Lowering lowering;
  private final boolean biased;
  private final long[] sourceDims;
  private final long[] weightDims;
  private final long[] outputDims;
  private final long[] stride;
  private final long[] dilation;
  private final long[] padBefore;
  private final long[] padAfter;

  /**
   * @param biased whether each channel has a bias, its own or that of a folded norm
   */
  private ConvolutionMakers(Lowering lowering, Node node, long[] sourceDims, boolean biased) {
    this.lowering = lowering;
    this.biased = biased;
    Convolution op = (Convolution) node.op();
    this.sourceDims = sourceDims.clone();
    this.outputDims = lowering.batched(node);
    this.weightDims = weightDims(lowering.parameters(node).get(0), op.groups());
    this.stride = longs(op.window().stride(), 0);
    this.dilation = longs(op.window().dilation(), -1);
    this.padBefore = longs(op.window().padBefore(), 0);
    this.padAfter = longs(op.window().padAfter(), 0);
  }

  /** The makers of a convolution, alone or with what follows it. */
  static ConvolutionMakers of(Lowering lowering, Chain chain) {
    Node node = chain.convolution();
    boolean biased = ((Convolution) node.op()).bias() || chain.norm().isPresent();
    long[] dims = lowering.source(node).desc().dimensions();
    return new ConvolutionMakers(lowering, node, dims, biased);
  }

  /**
   * {@code (out, in, kernel...)}, with groups {@code (groups, out / groups, in / groups,
   * kernel...)}.
   */
  private static long[] weightDims(Parameter weight, int groups) {
    long[] dims = weight.shape().toArray();
    if (groups == 1) {
      return dims;
    }
    long[] grouped = new long[dims.length + 1];
    grouped[0] = groups;
    grouped[1] = dims[0] / groups;
    System.arraycopy(dims, 1, grouped, 2, dims.length - 1);
    return grouped;
  }

  private static long[] longs(List<Integer> values, int plus) {
    return values.stream().mapToLong(value -> value + plus).toArray();
  }

  long[] sourceDims() {
    return sourceDims.clone();
  }

  long[] weightDims() {
    return weightDims.clone();
  }

  long[] outputDims() {
    return outputDims.clone();
  }

  /** Whether each position of the result reads one position of the input, the same one. */
  boolean pointwise() {
    return weightDims.length == outputDims.length
        && Arrays.equals(sourceDims, 2, sourceDims.length, outputDims, 2, outputDims.length)
        && Arrays.stream(weightDims).skip(2).allMatch(taps -> taps == 1)
        && Arrays.stream(padBefore).allMatch(pad -> pad == 0);
  }

  /** How a pointwise convolution's weights lie if they are read as {@code (in, out, 1...)}. */
  Desc exchanged() {
    long[] dims = weightDims.clone();
    dims[0] = weightDims[1];
    dims[1] = weightDims[0];
    long[] strides = new long[dims.length];
    Arrays.fill(strides, 1);
    strides[1] = dims[0];
    return Desc.strided(lowering.natives(), dims, dnnl.dnnl_f32, strides);
  }

  /** Whether every channel is a group. */
  boolean depthwise() {
    return weightDims.length > outputDims.length && weightDims[1] * weightDims[2] == 1;
  }

  /** Convoy's own kernel for the weight gradient, where it can compute this convolution. */
  Optional<VectorWeightGradient> ownWeightGradient(Layout layout) {
    if (!Dnnl.VECTORS || biased || outputDims.length != 4 || layout == Layout.FREE) {
      return Optional.empty();
    }
    if (depthwise()) {
      return Optional.of(ownDepthwise(layout));
    }
    boolean tiles =
        lowering.activationType() == dnnl.dnnl_bf16
            && InstructionSet.effective().tiles()
            && VectorConvolution.possible();
    boolean grouped = weightDims.length > outputDims.length;
    return tiles && !grouped && layout == Layout.CHANNELS_LAST
        ? Optional.of(ownWithTiles())
        : Optional.empty();
  }

  private VectorWeightGradient ownDepthwise(Layout layout) {
    return new VectorDepthwise(
        sourceDims[0],
        sourceDims[1],
        window(),
        layout == Layout.BLOCKED,
        lowering.activationType() == dnnl.dnnl_bf16);
  }

  private VectorWeightGradient ownWithTiles() {
    return new VectorConvolution(sourceDims[0], sourceDims[1], outputDims[1], window());
  }

  private VectorWindow window() {
    int taps = weightDims.length - 2;
    return new VectorWindow(
        sourceDims[2],
        sourceDims[3],
        outputDims[2],
        outputDims[3],
        (int) weightDims[taps],
        (int) weightDims[taps + 1],
        (int) stride[0],
        (int) stride[1],
        (int) padBefore[0],
        (int) padBefore[1],
        (int) dilation[0] + 1,
        (int) dilation[1] + 1);
  }

  /**
   * The number type in which oneDNN computes the weight gradient: float32 for wide depthwise
   * windows, for which oneDNN has no fast kernel in bfloat16.
   */
  int weightGradientType() {
    boolean wide =
        Arrays.stream(weightDims).skip(sourceDims.length - 1).anyMatch(taps -> taps > WIDE);
    return depthwise() && wide ? dnnl.dnnl_f32 : lowering.activationType();
  }

  private Desc sourceDesc(Layout layout, int type) {
    Layout own = sourceDims[1] < FEW_CHANNELS ? Layout.FREE : layout;
    return Desc.laid(lowering.natives(), sourceDims, type, own);
  }

  private Desc outputDesc(Layout layout, int type) {
    return Desc.laid(lowering.natives(), outputDims, type, layout);
  }

  private Desc anyWeights(int type) {
    return Desc.any(lowering.natives(), weightDims, type);
  }

  /** The bias and its gradient stay float32, whatever the activations are. */
  private dnnl_memory_desc biasDesc() {
    return !biased
        ? new dnnl_memory_desc()
        : Desc.plain(lowering.natives(), new long[] {outputDims[1]}, dnnl.dnnl_f32).handle();
  }

  /**
   * @param type of activations
   */
  Kernel.Maker forwardIn(Layout layout, int type) {
    return forward(
        lowering.propagation(),
        sourceDesc(layout, type),
        anyWeights(type),
        biasDesc(),
        outputDesc(layout, type));
  }

  private Kernel.Maker forward(
      int propagation, Desc from, Desc weights, dnnl_memory_desc bias, Desc to) {
    return (result, attributes) ->
        dnnl.dnnl_convolution_forward_primitive_desc_create(
            result,
            Dnnl.engine(),
            propagation,
            dnnl.dnnl_convolution_direct,
            from.handle(),
            weights.handle(),
            bias,
            to.handle(),
            stride,
            dilation,
            padBefore,
            padAfter,
            attributes);
  }

  Kernel.Maker dataGradientIn(Layout layout, Kernel forward) {
    int type = lowering.activationType();
    return (result, attributes) ->
        dnnl.dnnl_convolution_backward_data_primitive_desc_create(
            result,
            Dnnl.engine(),
            dnnl.dnnl_convolution_direct,
            sourceDesc(layout, type).handle(),
            anyWeights(type).handle(),
            outputDesc(layout, type).handle(),
            stride,
            dilation,
            padBefore,
            padAfter,
            forward.desc(),
            attributes);
  }

  Kernel.Maker weightGradientIn(Layout layout, Kernel forward) {
    int type = weightGradientType();
    return (result, attributes) ->
        dnnl.dnnl_convolution_backward_weights_primitive_desc_create(
            result,
            Dnnl.engine(),
            dnnl.dnnl_convolution_direct,
            sourceDesc(layout, type).handle(),
            anyWeights(dnnl.dnnl_f32).handle(),
            biasDesc(),
            outputDesc(layout, type).handle(),
            stride,
            dilation,
            padBefore,
            padAfter,
            forward.desc(),
            attributes);
  }

  /**
   * The data gradient of a {@link #pointwise} convolution, as a forward convolution with the
   * weights' channels exchanged: forward kernels can add to their result.
   *
   * @param to how the gradient lies
   */
  Kernel.Maker dataGradientAsForwardIn(Layout layout, Desc to) {
    int type = lowering.activationType();
    return forward(
        dnnl.dnnl_forward_inference,
        outputDesc(layout, type),
        Desc.any(lowering.natives(), exchanged().dimensions(), type),
        new dnnl_memory_desc(),
        to);
  }
}
