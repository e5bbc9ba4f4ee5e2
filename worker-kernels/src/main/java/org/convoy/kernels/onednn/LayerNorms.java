package org.convoy.kernels.onednn;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.LayerNorm;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.kernels.onednn.Step.Argument;

/**
 * Layer normalisation. oneDNN normalises over the innermost dimension, so the tensor is read as a
 * matrix with one row for each set of values that are normalised together: a position's channels in
 * channels-last memory, or a whole sample in C order.
 *
 * <p>In training the rows' means and variances are kept from forward to backward, in float32.
 */
final class LayerNorms {
  private static final int FLAGS = dnnl.dnnl_use_scale | dnnl.dnnl_use_shift;

  private final Lowering lowering;
  private final Node node;
  private final LayerNorm op;
  private final Parameter scale;
  private final Parameter shift;
  private final long columns;
  private final Desc shaped;
  private final Desc matrix;
  private final Desc statistics;
  private final Tensor source;

  private LayerNorms(Lowering lowering, Node node, LayerNorm op) {
    this.lowering = lowering;
    this.node = node;
    this.op = op;
    List<Parameter> parameters = lowering.parameters(node);
    this.scale = parameters.get(0);
    this.shift = parameters.get(1);
    this.columns = scale.length();
    Natives natives = lowering.natives();
    int type = lowering.activationType();
    long[] dims = lowering.batched(node);
    long rows = dims[0] * node.shape().elements() / columns;
    this.shaped =
        op.over() == LayerNorm.Over.CHANNELS
            ? Desc.channelsLast(natives, dims, type)
            : Desc.plain(natives, dims, type);
    this.matrix = Desc.plain(natives, new long[] {rows, columns}, type);
    this.statistics = Desc.plain(natives, new long[] {rows}, dnnl.dnnl_f32);
    this.source = asMatrix(lowering.convertOnce(lowering.source(node), shaped));
  }

  static Lowered lower(Lowering lowering, Node node, LayerNorm op) {
    return new LayerNorms(lowering, node, op).forward();
  }

  private Tensor asMatrix(Tensor tensor) {
    return new Tensor(tensor.buffer(), matrix);
  }

  private Lowered forward() {
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            "layer norm forward " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_layer_normalization_forward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    lowering.propagation(),
                    matrix.handle(),
                    matrix.handle(),
                    statistics.handle(),
                    (float) op.epsilon(),
                    FLAGS,
                    attributes));
    Tensor output = lowering.allocate(shaped);
    List<Argument> moments =
        lowering.needsBackward()
            ? List.of(
                new Argument(dnnl.DNNL_ARG_MEAN, lowering.allocate(statistics)),
                new Argument(dnnl.DNNL_ARG_VARIANCE, lowering.allocate(statistics)))
            : List.of();
    lowering
        .steps()
        .execute(
            kernel,
            with(
                moments,
                new Argument(dnnl.DNNL_ARG_SRC, source),
                new Argument(dnnl.DNNL_ARG_SCALE, lowering.parameter(scale, columns)),
                new Argument(dnnl.DNNL_ARG_SHIFT, lowering.parameter(shift, columns)),
                new Argument(dnnl.DNNL_ARG_DST, asMatrix(output))));
    return new Lowered(output, gradient -> backward(kernel, moments, gradient));
  }

  private void backward(Kernel forward, List<Argument> moments, Gradient gradient) {
    Gradient outputGradient = gradient.in(lowering, shaped);
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            "layer norm backward " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_layer_normalization_backward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    dnnl.dnnl_backward,
                    matrix.handle(),
                    matrix.handle(),
                    matrix.handle(),
                    statistics.handle(),
                    (float) op.epsilon(),
                    FLAGS,
                    forward.desc(),
                    attributes));
    Tensor result = outputGradient.place(lowering);
    lowering
        .steps()
        .execute(
            kernel,
            with(
                moments,
                new Argument(dnnl.DNNL_ARG_SRC, source),
                new Argument(dnnl.DNNL_ARG_SCALE, lowering.parameter(scale, columns)),
                new Argument(dnnl.DNNL_ARG_DIFF_DST, asMatrix(outputGradient.tensor())),
                new Argument(dnnl.DNNL_ARG_DIFF_SRC, asMatrix(result)),
                new Argument(dnnl.DNNL_ARG_DIFF_SCALE, lowering.gradient(scale, columns)),
                new Argument(dnnl.DNNL_ARG_DIFF_SHIFT, lowering.gradient(shift, columns))));
    if (lowering.wantsGradient(node.inputs().get(0))) {
      lowering.contribute(node.inputs().get(0), result, true);
    }
  }

  private static Argument[] with(List<Argument> moments, Argument... others) {
    return Stream.concat(moments.stream(), Arrays.stream(others)).toArray(Argument[]::new);
  }
}
