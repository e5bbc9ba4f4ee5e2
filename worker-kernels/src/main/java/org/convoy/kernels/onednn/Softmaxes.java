package org.convoy.kernels.onednn;

import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Node;
import org.convoy.kernels.onednn.Step.Argument;

/** Softmax over the channels, in the layout of what it reads. */
final class Softmaxes {
  private static final int CHANNELS = 1;

  private Softmaxes() {}

  static Lowered lower(Lowering lowering, Node node) {
    Tensor source = lowering.activation(node);
    Desc desc = source.desc();
    Kernel forward =
        Kernel.make(
            lowering.natives(),
            "softmax forward " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_softmax_forward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    lowering.propagation(),
                    dnnl.dnnl_softmax_accurate,
                    desc.handle(),
                    desc.handle(),
                    CHANNELS,
                    attributes));
    Tensor output = lowering.allocate(desc);
    lowering
        .steps()
        .execute(
            forward,
            new Argument(dnnl.DNNL_ARG_SRC, source),
            new Argument(dnnl.DNNL_ARG_DST, output));
    return new Lowered(
        output,
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor outputGradient = lowering.convert(gradient.tensor(), desc);
            Tensor result = backward(lowering, node, forward, output, outputGradient);
            lowering.contribute(input, result, true);
          }
        });
  }

  private static Tensor backward(
      Lowering lowering, Node node, Kernel forward, Tensor output, Tensor outputGradient) {
    Desc desc = output.desc();
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            "softmax backward " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_softmax_backward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    dnnl.dnnl_softmax_accurate,
                    desc.handle(),
                    desc.handle(),
                    desc.handle(),
                    CHANNELS,
                    forward.desc(),
                    attributes));
    Tensor result = lowering.allocate(desc);
    lowering
        .steps()
        .execute(
            kernel,
            new Argument(dnnl.DNNL_ARG_DST, output),
            new Argument(dnnl.DNNL_ARG_DIFF_DST, outputGradient),
            new Argument(dnnl.DNNL_ARG_DIFF_SRC, result));
    return result;
  }
}
