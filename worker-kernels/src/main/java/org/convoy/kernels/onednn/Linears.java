package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.kernels.onednn.Step.Argument;

/**
 * The matrix product at every position, as oneDNN's inner product over a matrix with one row a
 * position: the memory of a channels-last tensor.
 */
final class Linears {
  private final Lowering lowering;
  private final Node node;
  private final Tensor source;
  private final Parameter weight;
  private final List<Parameter> bias;
  private final Desc sourceShaped;
  private final Desc outputShaped;
  private final long[] sourceDims;
  private final long[] weightDims;
  private final long[] outputDims;

  private Linears(Lowering lowering, Node node) {
    this.lowering = lowering;
    this.node = node;
    this.source = lowering.source(node);
    List<Parameter> parameters = lowering.parameters(node);
    this.weight = parameters.get(0);
    this.bias = parameters.subList(1, parameters.size());
    this.weightDims = weight.shape().toArray();
    this.sourceShaped = channelsLast(source.desc().dimensions());
    this.outputShaped = channelsLast(lowering.batched(node));
    long rows = outputShaped.dimensions()[0] * node.shape().positions();
    this.sourceDims = new long[] {rows, weightDims[1]};
    this.outputDims = new long[] {rows, weightDims[0]};
  }

  static Lowered lower(Lowering lowering, Node node) {
    return new Linears(lowering, node).forward();
  }

  private Desc channelsLast(long[] dims) {
    return Desc.channelsLast(lowering.natives(), dims, lowering.activationType());
  }

  private Desc plain(long[] dims) {
    return Desc.plain(lowering.natives(), dims, lowering.activationType());
  }

  private Desc any(long[] dims, int type) {
    return Desc.any(lowering.natives(), dims, type);
  }

  private dnnl_memory_desc biasDesc() {
    return bias.isEmpty()
        ? new dnnl_memory_desc()
        : Desc.plain(lowering.natives(), new long[] {outputDims[1]}, dnnl.dnnl_f32).handle();
  }

  private Lowered forward() {
    int type = lowering.activationType();
    Desc src = plain(sourceDims);
    Desc wei = any(weightDims, type);
    Desc dst = plain(outputDims);
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            "linear forward " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_inner_product_forward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    lowering.propagation(),
                    src.handle(),
                    wei.handle(),
                    biasDesc(),
                    dst.handle(),
                    attributes));
    Tensor read = new Tensor(lowering.convertOnce(source, sourceShaped).buffer(), src);
    Tensor output = lowering.allocate(dst);
    List<Argument> arguments = new ArrayList<>();
    arguments.add(new Argument(dnnl.DNNL_ARG_SRC, read));
    arguments.add(
        new Argument(
            dnnl.DNNL_ARG_WEIGHTS,
            lowering
                .weights()
                .of(weight, kernel.layout(dnnl.dnnl_query_weights_md, weightDims, type))));
    arguments.add(new Argument(dnnl.DNNL_ARG_DST, output));
    for (Parameter each : bias) {
      arguments.add(new Argument(dnnl.DNNL_ARG_BIAS, lowering.parameter(each, outputDims[1])));
    }
    lowering.steps().execute(kernel, arguments.toArray(Argument[]::new));
    return new Lowered(
        new Tensor(output.buffer(), outputShaped), gradient -> backward(kernel, read, gradient));
  }

  private void backward(Kernel forward, Tensor read, Gradient gradient) {
    Tensor shaped = lowering.convert(gradient.tensor(), outputShaped);
    Tensor outputGradient = new Tensor(shaped.buffer(), plain(outputDims));
    if (lowering.trains(node)) {
      weightGradient(forward, read, outputGradient);
    }
    if (lowering.wantsGradient(node.inputs().get(0))) {
      dataGradient(forward, outputGradient);
    }
  }

  private void dataGradient(Kernel forward, Tensor outputGradient) {
    int type = lowering.activationType();
    Desc diffSrc = plain(sourceDims);
    Desc wei = any(weightDims, type);
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            "linear data gradient " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_inner_product_backward_data_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    diffSrc.handle(),
                    wei.handle(),
                    outputGradient.desc().handle(),
                    forward.desc(),
                    attributes));
    Tensor result = lowering.allocate(diffSrc);
    lowering
        .steps()
        .execute(
            kernel,
            new Argument(dnnl.DNNL_ARG_DIFF_DST, outputGradient),
            new Argument(
                dnnl.DNNL_ARG_WEIGHTS,
                lowering
                    .weights()
                    .of(weight, kernel.layout(dnnl.dnnl_query_weights_md, weightDims, type))),
            new Argument(dnnl.DNNL_ARG_DIFF_SRC, result));
    lowering.contribute(node.inputs().get(0), new Tensor(result.buffer(), sourceShaped), true);
  }

  private void weightGradient(Kernel forward, Tensor read, Tensor outputGradient) {
    Desc diffWei = any(weightDims, dnnl.dnnl_f32);
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            "linear weight gradient " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_inner_product_backward_weights_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    read.desc().handle(),
                    diffWei.handle(),
                    biasDesc(),
                    outputGradient.desc().handle(),
                    forward.desc(),
                    attributes));
    Tensor place = lowering.gradient(weight, weightDims);
    WeightGradients.execute(
        lowering, kernel, weight, weightDims, place, bias, read, outputGradient);
  }
}
