package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.kernels.vector.VectorNorm;

/**
 * Batch normalisation in training with the addition and the activation behind it in the same
 * passes, by Convoy's own kernels. The activation's input is not stored.
 *
 * <p>The batch's mean and biased variance lie in the flat gradient, at the running statistics'
 * places.
 */
final class FusedNorms {
  private final Lowering lowering;
  private final Node node;
  private final boolean activated;
  private final Tensor source;
  private final VectorNorm kernel;
  private final Tensor scale;
  private final Tensor shift;
  private final Tensor mean;
  private final Tensor variance;
  private final Tensor scaleGradient;
  private final Tensor shiftGradient;

  private FusedNorms(
      Lowering lowering, Node node, BatchNorm op, int activation, Tensor source, Layout layout) {
    this.lowering = lowering;
    this.node = node;
    this.activated = op.activation().isPresent();
    this.source = source;
    long[] dims = source.desc().dimensions();
    long channels = dims[1];
    this.kernel =
        new VectorNorm(
            dims[0],
            channels,
            source.desc().positions(),
            layout == Layout.BLOCKED,
            source.desc().type() == dnnl.dnnl_bf16,
            activation,
            (float) op.epsilon());
    List<Parameter> parameters = lowering.parameters(node);
    this.scale = lowering.parameter(parameters.get(0), channels);
    this.shift = lowering.parameter(parameters.get(1), channels);
    this.mean = lowering.gradient(parameters.get(2), channels);
    this.variance = lowering.gradient(parameters.get(3), channels);
    this.scaleGradient = lowering.gradient(parameters.get(0), channels);
    this.shiftGradient = lowering.gradient(parameters.get(1), channels);
  }

  /** Empty where these kernels do not fit: running statistics, C order, older processors. */
  static Optional<Lowered> lower(Lowering lowering, Node node, BatchNorm op) {
    OptionalInt activation = VectorNorm.activation(op.activation(), node.inputs().size() == 2);
    if (!lowering.takesBatchMoments(node) || !Dnnl.VECTORS || activation.isEmpty()) {
      return Optional.empty();
    }
    Tensor source = lowering.activation(node);
    return Layout.of(lowering.natives(), source.desc())
        .map(
            layout ->
                new FusedNorms(lowering, node, op, activation.getAsInt(), source, layout)
                    .forward());
  }

  private Lowered forward() {
    Tensor output = lowering.allocate(source.desc());
    List<Tensor> tensors = new ArrayList<>(List.of(source, scale, shift, mean, variance, output));
    Step.Routine routine;
    if (node.inputs().size() == 2) {
      Tensor addend = lowering.output(node.inputs().get(1));
      tensors.add(lowering.convertOnce(addend, source.desc()));
      routine = at -> kernel.forward(at[0], at[6], at[1], at[2], at[3], at[4], at[5], at[7]);
    } else {
      routine = at -> kernel.forward(at[0], 0, at[1], at[2], at[3], at[4], at[5], at[6]);
    }
    run("norm forward ", routine, tensors);
    return new Lowered(output, gradient -> backward(output, gradient));
  }

  private void run(String word, Step.Routine routine, List<Tensor> tensors) {
    lowering.steps().run(word + node.name(), routine, kernel.scratchBytes(), 0, tensors);
  }

  private void backward(Tensor output, Gradient gradient) {
    Gradient laid = gradient.in(lowering, source.desc());
    Tensor outputGradient = laid.tensor();
    boolean addend = node.inputs().size() == 2;
    Tensor sourceGradient = addend ? lowering.allocate(source.desc()) : laid.place(lowering);
    List<Tensor> tensors =
        new ArrayList<>(
            List.of(
                source,
                outputGradient,
                scale,
                shift,
                mean,
                variance,
                sourceGradient,
                scaleGradient,
                shiftGradient));
    Tensor beforeActivation = outputGradient;
    Step.Routine routine;
    if (addend && activated) {
      beforeActivation = laid.place(lowering);
      tensors.addAll(List.of(output, beforeActivation));
      routine =
          at ->
              kernel.backward(
                  at[0], at[9], at[1], at[2], at[3], at[4], at[5], at[10], at[6], at[7], at[8],
                  at[11]);
    } else {
      routine =
          at ->
              kernel.backward(
                  at[0], 0, at[1], at[2], at[3], at[4], at[5], 0, at[6], at[7], at[8], at[9]);
    }
    run("norm backward ", routine, tensors);
    if (addend && lowering.wantsGradient(node.inputs().get(1))) {
      lowering.contribute(node.inputs().get(1), beforeActivation, false);
    }
    if (lowering.wantsGradient(node.inputs().get(0))) {
      lowering.contribute(node.inputs().get(0), sourceGradient, true);
    }
  }
}
