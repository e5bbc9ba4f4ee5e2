package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.graph.TransposedConvolution;
import org.convoy.kernels.onednn.Step.Argument;

/**
 * Transposed convolution, oneDNN's deconvolution: forward, data gradient, weight gradient and bias.
 * Each picks its own layouts. oneDNN's weights have outputs in front of inputs, the flat vector
 * inputs in front of outputs, so there they are described by strides.
 */
final class TransposedConvolutions {
  private final Lowering lowering;
  private final Node node;
  private final Tensor source;
  private final Parameter weight;
  private final List<Parameter> bias;
  private final long[] sourceDims;
  private final long[] weightDims;
  private final Desc stored;
  private final long[] outputDims;
  private final long[] stride;
  private final long[] dilation;
  private final long[] padBefore;
  private final long[] padAfter;

  private TransposedConvolutions(Lowering lowering, Node node, TransposedConvolution op) {
    this.lowering = lowering;
    this.node = node;
    this.source = lowering.source(node);
    List<Parameter> parameters = lowering.parameters(node);
    this.weight = parameters.get(0);
    this.bias = parameters.subList(1, parameters.size());
    this.sourceDims = source.desc().dimensions();
    this.outputDims = lowering.batched(node);
    this.weightDims = weightDims(weight, op.groups());
    this.stored = stored(lowering.natives(), weightDims, op.groups());
    this.stride = longs(op.window().stride(), 0);
    this.dilation = longs(op.window().dilation(), -1);
    this.padBefore = longs(op.window().padBefore(), 0);
    this.padAfter = longs(op.window().padAfter(), 0);
  }

  static Lowered lower(Lowering lowering, Node node, TransposedConvolution op) {
    return new TransposedConvolutions(lowering, node, op).forward();
  }

  /**
   * {@code (out, in, kernel...)}, with groups {@code (groups, out / groups, in / groups,
   * kernel...)}.
   */
  private static long[] weightDims(Parameter weight, int groups) {
    long[] dims = weight.shape().toArray();
    long in = dims[0] / groups;
    dims[0] = dims[1];
    dims[1] = in;
    if (groups == 1) {
      return dims;
    }
    long[] grouped = new long[dims.length + 1];
    grouped[0] = groups;
    System.arraycopy(dims, 0, grouped, 1, dims.length);
    return grouped;
  }

  /** How these dimensions lie in {@code (in, out / groups, kernel...)}. */
  private static Desc stored(Natives natives, long[] dims, int groups) {
    long[] strides = new long[dims.length];
    int out = groups == 1 ? 0 : 1;
    long taps = 1;
    for (int i = dims.length - 1; i > out + 1; i--) {
      strides[i] = taps;
      taps *= dims[i];
    }
    strides[out] = taps;
    strides[out + 1] = taps * dims[out];
    if (groups > 1) {
      strides[0] = taps * dims[out] * dims[out + 1];
    }
    return Desc.strided(natives, dims, dnnl.dnnl_f32, strides);
  }

  private static long[] longs(List<Integer> values, int plus) {
    return values.stream().mapToLong(value -> value + plus).toArray();
  }

  private Desc any(long[] dims) {
    return Desc.any(lowering.natives(), dims, lowering.activationType());
  }

  /** The bias and its gradient stay float32, whatever the activations are. */
  private dnnl_memory_desc biasDesc() {
    return bias.isEmpty()
        ? new dnnl_memory_desc()
        : Desc.plain(lowering.natives(), new long[] {outputDims[1]}, dnnl.dnnl_f32).handle();
  }

  /**
   * The number type of forward. For a channel a group and a stride oneDNN 3.11 has a slow kernel
   * alone in bfloat16: 65 ms for 8 samples of 64x28x28, where float32 takes 0.3.
   */
  private int typeForward() {
    boolean depthwise =
        weightDims.length > outputDims.length && weightDims[1] == 1 && weightDims[2] == 1;
    boolean strides = Arrays.stream(stride).anyMatch(every -> every > 1);
    return depthwise && strides ? dnnl.dnnl_f32 : lowering.activationType();
  }

  private Lowered forward() {
    int type = typeForward();
    Desc src = Desc.any(lowering.natives(), sourceDims, type);
    Desc wei = Desc.any(lowering.natives(), weightDims, type);
    Desc dst = Desc.any(lowering.natives(), outputDims, type);
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            "transposed conv forward " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_deconvolution_forward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    lowering.propagation(),
                    dnnl.dnnl_deconvolution_direct,
                    src.handle(),
                    wei.handle(),
                    biasDesc(),
                    dst.handle(),
                    stride,
                    dilation,
                    padBefore,
                    padAfter,
                    attributes));
    Tensor read =
        lowering.convertOnce(source, kernel.layout(dnnl.dnnl_query_src_md, sourceDims, type));
    Tensor weights =
        lowering
            .weights()
            .of(weight, stored, kernel.layout(dnnl.dnnl_query_weights_md, weightDims, type));
    Tensor output = lowering.allocate(kernel.layout(dnnl.dnnl_query_dst_md, outputDims, type));
    List<Argument> arguments = new ArrayList<>();
    arguments.add(new Argument(dnnl.DNNL_ARG_SRC, read));
    arguments.add(new Argument(dnnl.DNNL_ARG_WEIGHTS, weights));
    arguments.add(new Argument(dnnl.DNNL_ARG_DST, output));
    for (Parameter each : bias) {
      arguments.add(new Argument(dnnl.DNNL_ARG_BIAS, lowering.parameter(each, outputDims[1])));
    }
    lowering.steps().execute(kernel, arguments.toArray(Argument[]::new));
    return new Lowered(output, gradient -> backward(kernel, gradient));
  }

  private void backward(Kernel forward, Gradient gradient) {
    if (lowering.trains(node)) {
      weightGradient(forward, gradient.tensor());
    }
    if (lowering.wantsGradient(node.inputs().get(0))) {
      dataGradient(forward, gradient.tensor());
    }
  }

  private void dataGradient(Kernel forward, Tensor gradient) {
    Desc diffSrc = any(sourceDims);
    Desc wei = any(weightDims);
    Desc diffDst = any(outputDims);
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            "transposed conv data gradient " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_deconvolution_backward_data_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    dnnl.dnnl_deconvolution_direct,
                    diffSrc.handle(),
                    wei.handle(),
                    diffDst.handle(),
                    stride,
                    dilation,
                    padBefore,
                    padAfter,
                    forward.desc(),
                    attributes));
    int type = lowering.activationType();
    Tensor read =
        lowering.convert(gradient, kernel.layout(dnnl.dnnl_query_diff_dst_md, outputDims, type));
    Tensor weights =
        lowering
            .weights()
            .of(weight, stored, kernel.layout(dnnl.dnnl_query_weights_md, weightDims, type));
    Tensor result = lowering.allocate(kernel.layout(dnnl.dnnl_query_diff_src_md, sourceDims, type));
    lowering
        .steps()
        .execute(
            kernel,
            new Argument(dnnl.DNNL_ARG_DIFF_DST, read),
            new Argument(dnnl.DNNL_ARG_WEIGHTS, weights),
            new Argument(dnnl.DNNL_ARG_DIFF_SRC, result));
    lowering.contribute(node.inputs().get(0), result, true);
  }

  /**
   * The number type of the weight gradient. In bfloat16 oneDNN 3.11 leaves parts of it unwritten
   * where a window is deeper than what it slides over, here the result.
   */
  private int weightGradientType() {
    boolean deeper = outputDims.length == 5 && weightDims[weightDims.length - 3] > outputDims[2];
    return deeper ? dnnl.dnnl_f32 : lowering.activationType();
  }

  private void weightGradient(Kernel forward, Tensor gradient) {
    int type = weightGradientType();
    Desc src = Desc.any(lowering.natives(), sourceDims, type);
    Desc diffWei = Desc.any(lowering.natives(), weightDims, dnnl.dnnl_f32);
    Desc diffDst = Desc.any(lowering.natives(), outputDims, type);
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            "transposed conv weight gradient " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_deconvolution_backward_weights_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    dnnl.dnnl_deconvolution_direct,
                    src.handle(),
                    diffWei.handle(),
                    biasDesc(),
                    diffDst.handle(),
                    stride,
                    dilation,
                    padBefore,
                    padAfter,
                    forward.desc(),
                    attributes));
    Tensor read =
        lowering.convertOnce(source, kernel.layout(dnnl.dnnl_query_src_md, sourceDims, type));
    Tensor outputGradient =
        lowering.convert(gradient, kernel.layout(dnnl.dnnl_query_diff_dst_md, outputDims, type));
    Tensor place = lowering.gradient(weight, stored);
    WeightGradients.execute(
        lowering, kernel, weight, weightDims, place, bias, read, outputGradient);
  }
}
