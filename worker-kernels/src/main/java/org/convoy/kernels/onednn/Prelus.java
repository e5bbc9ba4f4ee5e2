package org.convoy.kernels.onednn;

import java.util.Arrays;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.kernels.onednn.Lowering.Gradient;
import org.convoy.kernels.onednn.Lowering.Lowered;
import org.convoy.kernels.onednn.Step.Argument;

/** The rectifier with learned slopes, which stay in float32. */
final class Prelus {
  private final Lowering lowering;
  private final Node node;
  private final Tensor source;
  private final Parameter weight;
  private final long[] weightDims;

  private Prelus(Lowering lowering, Node node) {
    this.lowering = lowering;
    this.node = node;
    this.source = lowering.activation(node);
    this.weight = lowering.parameters(node).get(0);
    this.weightDims = new long[source.desc().dimensions().length];
    Arrays.fill(weightDims, 1);
    weightDims[1] = weight.length();
  }

  static Lowered lower(Lowering lowering, Node node) {
    return new Prelus(lowering, node).forward();
  }

  private Lowered forward() {
    Desc desc = source.desc();
    Tensor slopes = lowering.parameter(weight, weightDims);
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
                    slopes.desc().handle(),
                    desc.handle(),
                    attributes));
    Tensor output = lowering.allocate(desc);
    lowering.execute(
        kernel,
        new Argument(dnnl.DNNL_ARG_SRC, source),
        new Argument(dnnl.DNNL_ARG_WEIGHTS, slopes),
        new Argument(dnnl.DNNL_ARG_DST, output));
    return new Lowered(output, gradient -> backward(kernel, slopes, gradient));
  }

  private void backward(Kernel forward, Tensor slopes, Gradient gradient) {
    Desc desc = source.desc();
    Tensor slope = lowering.convert(gradient.tensor(), desc);
    Tensor place = lowering.gradient(weight, weightDims);
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
                    place.desc().handle(),
                    desc.handle(),
                    forward.desc(),
                    attributes));
    Tensor result = lowering.allocate(desc);
    lowering.execute(
        kernel,
        new Argument(dnnl.DNNL_ARG_SRC, source),
        new Argument(dnnl.DNNL_ARG_WEIGHTS, slopes),
        new Argument(dnnl.DNNL_ARG_DIFF_DST, slope),
        new Argument(dnnl.DNNL_ARG_DIFF_SRC, result),
        new Argument(dnnl.DNNL_ARG_DIFF_WEIGHTS, place));
    if (lowering.wantsGradient(node.inputs().get(0))) {
      lowering.contribute(node.inputs().get(0), result, true);
    }
  }
}
