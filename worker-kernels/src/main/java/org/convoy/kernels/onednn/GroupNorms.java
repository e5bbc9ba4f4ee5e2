package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.GroupNorm;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.kernels.onednn.Lowering.Gradient;
import org.convoy.kernels.onednn.Lowering.Lowered;
import org.convoy.kernels.onednn.Step.Argument;

/**
 * Group normalisation, in C order or with channels last: oneDNN has no fast kernel for channels in
 * blocks. Mean and variance of each sample's groups stay in float32 for backward.
 */
final class GroupNorms {
  private final Lowering lowering;
  private final Node node;
  private final GroupNorm op;
  private final Tensor source;
  private final List<Parameter> parameters;
  private final long channels;
  private final long[] shown;

  private GroupNorms(Lowering lowering, Node node, GroupNorm op) {
    this.lowering = lowering;
    this.node = node;
    this.op = op;
    this.parameters = lowering.parameters(node);
    this.channels = node.shape().channels();
    this.shown = lowering.batched(node);
    Tensor result = lowering.activation(node);
    Desc last = Desc.channelsLast(lowering.natives(), shown, result.desc().type());
    this.source =
        shown.length == 2
            ? Shapes.plain(lowering, result, new long[] {shown[0], shown[1], 1})
            : result.desc().sameAs(last) ? result : lowering.convertOnce(result, plain(shown));
  }

  static Lowered lower(Lowering lowering, Node node, GroupNorm op) {
    return new GroupNorms(lowering, node, op).forward();
  }

  private Desc plain(long... dims) {
    return Desc.plain(lowering.natives(), dims, lowering.activationType());
  }

  private int flags() {
    return op.affine()
        ? dnnl.dnnl_use_scale | dnnl.dnnl_use_shift
        : dnnl.dnnl_normalization_flags_none;
  }

  private Lowered forward() {
    Desc desc = source.desc();
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            "group norm forward " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_group_normalization_forward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    lowering.propagation(),
                    desc.handle(),
                    desc.handle(),
                    op.groups(),
                    (float) op.epsilon(),
                    flags(),
                    attributes));
    Tensor output = lowering.allocate(desc);
    List<Argument> moments = new ArrayList<>();
    if (lowering.training()) {
      long[] dims = {shown[0], op.groups()};
      for (int index : new int[] {dnnl.DNNL_ARG_MEAN, dnnl.DNNL_ARG_VARIANCE}) {
        Desc each = Desc.plain(lowering.natives(), dims, dnnl.dnnl_f32);
        moments.add(new Argument(index, lowering.allocate(each)));
      }
    }
    List<Argument> arguments = new ArrayList<>(moments);
    arguments.add(new Argument(dnnl.DNNL_ARG_SRC, source));
    arguments.add(new Argument(dnnl.DNNL_ARG_DST, output));
    if (op.affine()) {
      arguments.add(new Argument(dnnl.DNNL_ARG_SCALE, parameter(0)));
      arguments.add(new Argument(dnnl.DNNL_ARG_SHIFT, parameter(1)));
    }
    lowering.execute(kernel, arguments.toArray(Argument[]::new));
    return new Lowered(reshaped(output, shown), gradient -> backward(kernel, moments, gradient));
  }

  private void backward(Kernel forward, List<Argument> moments, Gradient gradient) {
    Desc desc = source.desc();
    Tensor slope = lowering.convert(reshaped(gradient.tensor(), desc.dimensions()), desc);
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            "group norm backward " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_group_normalization_backward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    op.affine() ? dnnl.dnnl_backward : dnnl.dnnl_backward_data,
                    desc.handle(),
                    desc.handle(),
                    desc.handle(),
                    op.groups(),
                    (float) op.epsilon(),
                    flags(),
                    forward.desc(),
                    attributes));
    Tensor result = lowering.allocate(desc);
    List<Argument> arguments = new ArrayList<>(moments);
    arguments.add(new Argument(dnnl.DNNL_ARG_SRC, source));
    arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_DST, slope));
    arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_SRC, result));
    if (op.affine()) {
      arguments.add(new Argument(dnnl.DNNL_ARG_SCALE, parameter(0)));
      arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_SCALE, gradient(0)));
      arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_SHIFT, gradient(1)));
    }
    lowering.execute(kernel, arguments.toArray(Argument[]::new));
    int input = node.inputs().get(0);
    if (lowering.wantsGradient(input)) {
      lowering.contribute(input, reshaped(result, shown), true);
    }
  }

  private Tensor parameter(int index) {
    return lowering.parameter(parameters.get(index), channels);
  }

  private Tensor gradient(int index) {
    return lowering.gradient(parameters.get(index), channels);
  }

  /** Features have a position here and none outside. */
  private Tensor reshaped(Tensor tensor, long[] dims) {
    return Arrays.equals(tensor.desc().dimensions(), dims)
        ? tensor
        : Shapes.plain(lowering, tensor, dims);
  }
}
