package org.convoy.kernels.onednn;

import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Node;
import org.convoy.kernels.onednn.Step.Argument;

/** Softmax over the channels, in the layout of what it reads; softmax of other lowerings. */
final class Softmaxes {
  private static final int CHANNELS = 1;

  private Softmaxes() {}

  static Lowered lower(Lowering lowering, Node node) {
    Tensor source = lowering.activation(node);
    Desc desc = source.desc();
    Tensor output = lowering.allocate(desc);
    Kernel forward = forward(lowering, "softmax forward " + node.name(), source, output, CHANNELS);
    return new Lowered(
        output,
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor outputGradient = lowering.convert(gradient.tensor(), desc);
            String word = "softmax backward " + node.name();
            Tensor result = backward(lowering, word, forward, output, outputGradient, CHANNELS);
            lowering.contribute(input, result, true);
          }
        });
  }

  /** Softmax over a dimension, into memory of the caller's. */
  static Kernel forward(Lowering lowering, String word, Tensor from, Tensor to, int dimension) {
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            word,
            (result, attributes) ->
                dnnl.dnnl_softmax_forward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    lowering.propagation(),
                    dnnl.dnnl_softmax_accurate,
                    from.desc().handle(),
                    to.desc().handle(),
                    dimension,
                    attributes));
    lowering
        .steps()
        .execute(
            kernel, new Argument(dnnl.DNNL_ARG_SRC, from), new Argument(dnnl.DNNL_ARG_DST, to));
    return kernel;
  }

  /**
   * The gradient of a softmax's input, in the layout of its output.
   *
   * @param outputGradient in the same layout
   */
  static Tensor backward(
      Lowering lowering,
      String word,
      Kernel forward,
      Tensor output,
      Tensor outputGradient,
      int dimension) {
    Desc desc = output.desc();
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            word,
            (result, attributes) ->
                dnnl.dnnl_softmax_backward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    dnnl.dnnl_softmax_accurate,
                    desc.handle(),
                    desc.handle(),
                    desc.handle(),
                    dimension,
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
