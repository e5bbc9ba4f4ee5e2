package org.convoy.kernels.onednn;

import java.util.Arrays;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.kernels.onednn.Step.Argument;

/**
 * The rectifier with learned slopes, which stay in float32. A slope that all channels share is
 * repeated for each: oneDNN 3.11 has no fast kernel for a single one.
 */
final class Prelus {
  private final Lowering lowering;
  private final Node node;
  private final Tensor source;
  private final Parameter weight;
  private final long[] weightDims;
  private final Arithmetic arithmetic;

  private Prelus(Lowering lowering, Node node) {
    this.lowering = lowering;
    this.node = node;
    this.source = lowering.activation(node);
    this.weight = lowering.parameters(node).get(0);
    this.weightDims = new long[source.desc().dimensions().length];
    Arrays.fill(weightDims, 1);
    weightDims[1] = node.shape().channels();
    this.arithmetic = new Arithmetic(lowering, "prelu slopes " + node.name());
  }

  static Lowered lower(Lowering lowering, Node node) {
    return new Prelus(lowering, node).forward();
  }

  private Lowered forward() {
    Desc desc = source.desc();
    Desc any = Desc.any(lowering.natives(), weightDims, dnnl.dnnl_f32);
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            "prelu forward " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_prelu_forward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    lowering.propagation(),
                    desc.handle(),
                    any.handle(),
                    desc.handle(),
                    attributes));
    Tensor slopes = slopes(kernel.layout(dnnl.dnnl_query_weights_md, weightDims, dnnl.dnnl_f32));
    Tensor output = lowering.allocate(desc);
    lowering
        .steps()
        .execute(
            kernel,
            new Argument(dnnl.DNNL_ARG_SRC, source),
            new Argument(dnnl.DNNL_ARG_WEIGHTS, slopes),
            new Argument(dnnl.DNNL_ARG_DST, output));
    return new Lowered(output, gradient -> backward(kernel, slopes, gradient));
  }

  private boolean shared() {
    return weight.length() < weightDims[1];
  }

  /** A shared slope's dimensions. */
  private long[] one() {
    long[] dims = weightDims.clone();
    dims[1] = 1;
    return dims;
  }

  private Tensor slopes(Desc wanted) {
    if (!shared()) {
      return lowering.weights().of(weight, wanted);
    }
    Tensor zeros = lowering.zeros(Desc.plain(lowering.natives(), weightDims, dnnl.dnnl_f32));
    Tensor repeated =
        arithmetic.join(dnnl.dnnl_binary_add, zeros, lowering.parameter(weight, one()));
    return lowering.convert(repeated, wanted);
  }

  private void backward(Kernel forward, Tensor slopes, Gradient gradient) {
    Desc desc = source.desc();
    Tensor outputGradient = lowering.convert(gradient.tensor(), desc);
    Desc any = Desc.any(lowering.natives(), weightDims, dnnl.dnnl_f32);
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            "prelu backward " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_prelu_backward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    desc.handle(),
                    slopes.desc().handle(),
                    desc.handle(),
                    any.handle(),
                    desc.handle(),
                    forward.desc(),
                    attributes));
    Tensor result = lowering.allocate(desc);
    Desc plain = Desc.plain(lowering.natives(), weightDims, dnnl.dnnl_f32);
    Tensor slopeGradient =
        shared() ? lowering.allocate(plain) : lowering.gradient(weight, weightDims);
    Desc chosen = kernel.layout(dnnl.dnnl_query_diff_weights_md, weightDims, dnnl.dnnl_f32);
    Tensor made = plain.sameAs(chosen) ? slopeGradient : lowering.allocate(chosen);
    lowering
        .steps()
        .execute(
            kernel,
            new Argument(dnnl.DNNL_ARG_SRC, source),
            new Argument(dnnl.DNNL_ARG_WEIGHTS, slopes),
            new Argument(dnnl.DNNL_ARG_DIFF_DST, outputGradient),
            new Argument(dnnl.DNNL_ARG_DIFF_SRC, result),
            new Argument(dnnl.DNNL_ARG_DIFF_WEIGHTS, made));
    if (made != slopeGradient) {
      lowering.steps().reorder("gradient of " + weight.name(), made, slopeGradient);
    }
    if (shared()) {
      arithmetic.sum(slopeGradient, lowering.gradient(weight, one()));
    }
    if (lowering.wantsGradient(node.inputs().get(0))) {
      lowering.contribute(node.inputs().get(0), result, true);
    }
  }
}
