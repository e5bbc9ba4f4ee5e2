package org.convoy.kernels.onednn;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.GlobalResponseNorm;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.kernels.onednn.Lowering.Lowered;

/**
 * Global response normalisation out of reductions and binary ops. With g a channel's norm over its
 * positions, m the mean of a sample's g, and {@code n = g / (m + epsilon)}, it is {@code y = x
 * (scale n + 1) + shift}; norms stay in float32.
 */
final class GlobalResponseNorms {
  /** Stands in for a norm of zero under a fraction whose factor is zero then. */
  private static final double TINY = 1e-20;

  private final Lowering lowering;
  private final Node node;
  private final GlobalResponseNorm op;
  private final Arithmetic arithmetic;
  private final Tensor source;
  private final List<Parameter> parameters;

  /** Of a number for each channel, for each channel of each sample, and for each sample. */
  private final long[] byChannel;

  private final long[] byRow;
  private final long[] bySample;

  private GlobalResponseNorms(Lowering lowering, Node node, GlobalResponseNorm op) {
    this.lowering = lowering;
    this.node = node;
    this.op = op;
    this.arithmetic = new Arithmetic(lowering, "response norm " + node.name());
    this.source = lowering.activation(node);
    this.parameters = lowering.parameters(node);
    long[] dims = source.desc().dimensions();
    this.byChannel = ones(dims.length);
    this.byRow = ones(dims.length);
    this.bySample = ones(dims.length);
    byChannel[1] = dims[1];
    byRow[0] = dims[0];
    byRow[1] = dims[1];
    bySample[0] = dims[0];
  }

  private static long[] ones(int rank) {
    long[] dims = new long[rank];
    Arrays.fill(dims, 1);
    return dims;
  }

  static Lowered lower(Lowering lowering, Node node, GlobalResponseNorm op) {
    return new GlobalResponseNorms(lowering, node, op).forward();
  }

  private Lowered forward() {
    Tensor scale = lowering.parameter(parameters.get(0), byChannel);
    Tensor norm = arithmetic.norm(source, byRow);
    Tensor divisor = arithmetic.mean(norm, bySample);
    arithmetic.apply(dnnl.dnnl_eltwise_linear, 1, op.epsilon(), divisor);
    Tensor relative = arithmetic.join(dnnl.dnnl_binary_div, norm, divisor);
    Tensor factor = arithmetic.multiply(relative, scale);
    arithmetic.apply(dnnl.dnnl_eltwise_linear, 1, 1, factor);
    Tensor output = arithmetic.multiply(source, factor);
    Tensor shift = lowering.parameter(parameters.get(1), byChannel);
    arithmetic.join(dnnl.dnnl_binary_add, output, shift, output);
    return new Lowered(
        output, gradient -> backward(gradient.tensor(), norm, divisor, relative, factor));
  }

  /**
   * With {@code dn = scale sum(dy x)} and {@code dg = (dn - avg(dn n)) / (m + epsilon)} it is
   * {@code dx = dy (scale n + 1) + x dg / g}.
   */
  private void backward(
      Tensor gradient, Tensor norm, Tensor divisor, Tensor relative, Tensor factor) {
    Tensor slope = lowering.convert(gradient, source.desc());
    Tensor product = arithmetic.sum(arithmetic.multiply(slope, source), byRow);
    arithmetic.sum(
        arithmetic.multiply(product, relative), lowering.gradient(parameters.get(0), byChannel));
    arithmetic.sum(slope, lowering.gradient(parameters.get(1), byChannel));
    if (!lowering.wantsGradient(node.inputs().get(0))) {
      return;
    }
    Tensor scale = lowering.parameter(parameters.get(0), byChannel);
    Tensor ofRelative = arithmetic.multiply(product, scale);
    Tensor shared = arithmetic.mean(arithmetic.multiply(ofRelative, relative), bySample);
    Tensor ofNorm = arithmetic.join(dnnl.dnnl_binary_sub, ofRelative, shared);
    arithmetic.join(dnnl.dnnl_binary_div, ofNorm, divisor, ofNorm);
    Tensor positive = lowering.allocate(norm.desc());
    lowering.reorder(node.name(), norm, positive);
    arithmetic.apply(dnnl.dnnl_eltwise_clip, TINY, Float.MAX_VALUE, positive);
    arithmetic.join(dnnl.dnnl_binary_div, ofNorm, positive, ofNorm);
    Tensor result = arithmetic.multiply(slope, factor);
    arithmetic.join(dnnl.dnnl_binary_add, result, arithmetic.multiply(source, ofNorm), result);
    lowering.contribute(node.inputs().get(0), result, true);
  }
}
