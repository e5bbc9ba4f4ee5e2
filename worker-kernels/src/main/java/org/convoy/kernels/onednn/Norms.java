package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Activate;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.kernels.onednn.Step.Argument;

/**
 * Batch normalisation with its fused forms, by oneDNN. Norm and ReLU are one pass, which keeps the
 * mask. With an addend, the addition and ReLU are a second pass in the norm's memory, and backward
 * takes the mask from the result. {@link FusedNorms} is tried first.
 *
 * <p>In training the batch's mean and biased variance lie in the flat gradient, at the running
 * statistics' places. A frozen norm takes the running statistics, in training too.
 */
final class Norms {
  private final Lowering lowering;
  private final Node node;
  private final BatchNorm op;
  private final Tensor source;
  private final List<Parameter> parameters;
  private final long channels;
  private final boolean addend;
  private final boolean relu;
  private final boolean batchMoments;
  private Optional<Elementwise.ActivationBackward> activation = Optional.empty();

  private Norms(Lowering lowering, Node node, BatchNorm op) {
    this.lowering = lowering;
    this.node = node;
    this.op = op;
    this.channels = node.shape().channels();
    this.source = source(lowering, node);
    this.parameters = lowering.parameters(node);
    this.batchMoments = lowering.takesBatchMoments(node);
    this.addend = node.inputs().size() == 2;
    this.relu = op.activation().equals(Optional.of(Activate.Function.RELU));
  }

  /**
   * What the node reads, in a layout for which oneDNN has fast code. In bfloat16 with channels last
   * it has none unless channels fill vector registers: 24 channels of 56x56 take 33 ms, in blocks
   * 1.2 ms.
   */
  private static Tensor source(Lowering lowering, Node node) {
    Tensor read = lowering.activation(node);
    Desc desc = read.desc();
    long[] dims = desc.dimensions();
    boolean slow =
        desc.type() == dnnl.dnnl_bf16
            && dims.length > 2
            && dims[1] % Dnnl.BLOCK != 0
            && desc.sameAs(Desc.channelsLast(lowering.natives(), dims, desc.type()));
    return slow && lowering.chosen(node, "").isEmpty()
        ? lowering.convertOnce(
            read, Desc.laid(lowering.natives(), dims, desc.type(), Layout.BLOCKED))
        : read;
  }

  static Lowered lower(Lowering lowering, Node node, BatchNorm op) {
    return FusedNorms.lower(lowering, node, op)
        .orElseGet(() -> new Norms(lowering, node, op).forward());
  }

  private int flags() {
    int flags = dnnl.dnnl_use_scale | dnnl.dnnl_use_shift;
    if (relu && !addend) {
      flags |= dnnl.dnnl_fuse_norm_relu;
    }
    return batchMoments ? flags : flags | dnnl.dnnl_use_global_stats;
  }

  private Lowered forward() {
    Desc desc = source.desc();
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            "norm forward " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_batch_normalization_forward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    lowering.propagation(),
                    desc.handle(),
                    desc.handle(),
                    (float) op.epsilon(),
                    flags(),
                    attributes));
    Tensor output = lowering.allocate(desc);
    List<Argument> arguments = new ArrayList<>();
    arguments.add(new Argument(dnnl.DNNL_ARG_SRC, source));
    arguments.add(
        new Argument(dnnl.DNNL_ARG_SCALE, lowering.parameter(parameters.get(0), channels)));
    arguments.add(
        new Argument(dnnl.DNNL_ARG_SHIFT, lowering.parameter(parameters.get(1), channels)));
    Parameter mean = parameters.get(2);
    Parameter variance = parameters.get(3);
    Tensor means =
        batchMoments ? lowering.gradient(mean, channels) : lowering.parameter(mean, channels);
    Tensor variances =
        batchMoments
            ? lowering.gradient(variance, channels)
            : lowering.parameter(variance, channels);
    arguments.add(new Argument(dnnl.DNNL_ARG_MEAN, means));
    arguments.add(new Argument(dnnl.DNNL_ARG_VARIANCE, variances));
    arguments.add(new Argument(dnnl.DNNL_ARG_DST, output));
    List<Argument> mask = new ArrayList<>();
    Desc workspace = kernel.opaque(dnnl.dnnl_query_workspace_md);
    if (lowering.needsBackward() && workspace.bytes() > 0) {
      mask.add(new Argument(dnnl.DNNL_ARG_WORKSPACE, lowering.allocate(workspace)));
      arguments.addAll(mask);
    }
    lowering.steps().execute(kernel, arguments.toArray(Argument[]::new));
    if (addend) {
      Tensor other = lowering.output(node.inputs().get(1));
      Tensor added = lowering.convertOnce(other, desc);
      if (relu) {
        Elementwise.addRelu(lowering, "add " + node.name(), output, added, output);
      } else {
        Elementwise.add(lowering, "add " + node.name(), output, added, output);
      }
    }
    Tensor result = op.activation().isEmpty() || relu ? output : activated(output);
    return new Lowered(
        result, gradient -> backward(kernel, means, variances, mask, output, gradient));
  }

  private Tensor activated(Tensor output) {
    Tensor result = lowering.allocate(output.desc());
    Activate function = Activate.of(op.activation().orElseThrow());
    activation =
        Optional.of(
            Elementwise.activate(lowering, "activate " + node.name(), function, output, result));
    return result;
  }

  private void backward(
      Kernel forward,
      Tensor means,
      Tensor variances,
      List<Argument> mask,
      Tensor output,
      Gradient gradient) {
    Desc desc = source.desc();
    Gradient outputGradient = gradient.in(lowering, desc);
    if (activation.isPresent()) {
      Tensor before = outputGradient.place(lowering);
      activation.get().backward(outputGradient.tensor(), before);
      outputGradient = new Gradient(before, true);
    }
    if (addend) {
      Tensor shared = outputGradient.tensor();
      if (relu) {
        shared = outputGradient.place(lowering);
        Elementwise.reluBackward(
            lowering, "relu " + node.name(), output, outputGradient.tensor(), shared);
      }
      if (lowering.wantsGradient(node.inputs().get(1))) {
        lowering.contribute(node.inputs().get(1), shared, false);
      }
      outputGradient = new Gradient(shared, false);
    }
    if (!lowering.trains(node) && !lowering.wantsGradient(node.inputs().get(0))) {
      return;
    }
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            "norm backward " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_batch_normalization_backward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    batchMoments ? dnnl.dnnl_backward : dnnl.dnnl_backward_data,
                    desc.handle(),
                    desc.handle(),
                    desc.handle(),
                    (float) op.epsilon(),
                    flags(),
                    forward.desc(),
                    attributes));
    Tensor result = outputGradient.place(lowering);
    List<Argument> arguments = new ArrayList<>(mask);
    arguments.add(new Argument(dnnl.DNNL_ARG_SRC, source));
    arguments.add(new Argument(dnnl.DNNL_ARG_MEAN, means));
    arguments.add(new Argument(dnnl.DNNL_ARG_VARIANCE, variances));
    arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_DST, outputGradient.tensor()));
    arguments.add(
        new Argument(dnnl.DNNL_ARG_SCALE, lowering.parameter(parameters.get(0), channels)));
    arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_SRC, result));
    // oneDNN wants places for these two even where it does not compute them.
    arguments.add(
        new Argument(dnnl.DNNL_ARG_DIFF_SCALE, lowering.gradient(parameters.get(0), channels)));
    arguments.add(
        new Argument(dnnl.DNNL_ARG_DIFF_SHIFT, lowering.gradient(parameters.get(1), channels)));
    lowering.steps().execute(kernel, arguments.toArray(Argument[]::new));
    if (lowering.wantsGradient(node.inputs().get(0))) {
      lowering.contribute(node.inputs().get(0), result, true);
    }
  }
}
