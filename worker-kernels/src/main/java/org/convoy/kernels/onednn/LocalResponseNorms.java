package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.LocalResponseNorm;
import org.convoy.graph.Node;
import org.convoy.kernels.onednn.Step.Argument;

/**
 * Local response normalisation across channels, images in the layout in which they come. oneDNN
 * knows images alone; anything else is read as one, of one row, in C order.
 */
final class LocalResponseNorms {
  private static final int IMAGE_RANK = 4;

  private final Lowering lowering;
  private final Node node;
  private final LocalResponseNorm op;
  private final Desc shaped;
  private final Desc image;
  private final Tensor source;

  private LocalResponseNorms(Lowering lowering, Node node, LocalResponseNorm op) {
    this.lowering = lowering;
    this.node = node;
    this.op = op;
    Tensor result = lowering.activation(node);
    long[] dims = result.desc().dimensions();
    if (dims.length == IMAGE_RANK) {
      this.shaped = result.desc();
      this.image = shaped;
    } else {
      Natives natives = lowering.natives();
      long[] row = {dims[0], dims[1], 1, node.shape().positions()};
      this.shaped = Desc.plain(natives, dims, lowering.activationType());
      this.image = Desc.plain(natives, row, lowering.activationType());
    }
    this.source = asImage(lowering.convertOnce(result, shaped));
  }

  static Lowered lower(Lowering lowering, Node node, LocalResponseNorm op) {
    return new LocalResponseNorms(lowering, node, op).forward();
  }

  private Tensor asImage(Tensor tensor) {
    return new Tensor(tensor.buffer(), image);
  }

  private Lowered forward() {
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            "lrn forward " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_lrn_forward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    lowering.propagation(),
                    dnnl.dnnl_lrn_across_channels,
                    image.handle(),
                    image.handle(),
                    op.size(),
                    (float) op.alpha(),
                    (float) op.beta(),
                    (float) op.k(),
                    attributes));
    Tensor output = lowering.allocate(shaped);
    List<Argument> kept = new ArrayList<>();
    Desc workspace = kernel.opaque(dnnl.dnnl_query_workspace_md);
    if (lowering.needsBackward() && workspace.bytes() > 0) {
      kept.add(new Argument(dnnl.DNNL_ARG_WORKSPACE, lowering.allocate(workspace)));
    }
    List<Argument> arguments = new ArrayList<>(kept);
    arguments.add(new Argument(dnnl.DNNL_ARG_SRC, source));
    arguments.add(new Argument(dnnl.DNNL_ARG_DST, asImage(output)));
    lowering.steps().execute(kernel, arguments.toArray(Argument[]::new));
    return new Lowered(output, gradient -> backward(kernel, kept, gradient));
  }

  private void backward(Kernel forward, List<Argument> kept, Gradient gradient) {
    int input = node.inputs().get(0);
    if (!lowering.wantsGradient(input)) {
      return;
    }
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            "lrn backward " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_lrn_backward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    dnnl.dnnl_lrn_across_channels,
                    image.handle(),
                    image.handle(),
                    image.handle(),
                    op.size(),
                    (float) op.alpha(),
                    (float) op.beta(),
                    (float) op.k(),
                    forward.desc(),
                    attributes));
    Tensor outputGradient = lowering.convert(gradient.tensor(), shaped);
    Tensor result = lowering.allocate(shaped);
    List<Argument> arguments = new ArrayList<>(kept);
    arguments.add(new Argument(dnnl.DNNL_ARG_SRC, source));
    arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_DST, asImage(outputGradient)));
    arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_SRC, asImage(result)));
    lowering.steps().execute(kernel, arguments.toArray(Argument[]::new));
    lowering.contribute(input, result, true);
  }
}
