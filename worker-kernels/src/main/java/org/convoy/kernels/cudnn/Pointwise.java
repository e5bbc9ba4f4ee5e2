package org.convoy.kernels.cudnn;

import java.util.Map;
import java.util.Optional;
import org.convoy.graph.Activate;
import org.convoy.kernels.cudnn.Descriptor.Kind;
import org.convoy.kernels.cudnn.Descriptor.Type;

/**
 * An operation on single elements.
 *
 * @param mode {@code cudnnPointwiseMode_t}
 * @param settings numbers of the function
 */
record Pointwise(int mode, Map<Attribute, Double> settings) {
  static final Pointwise ADD = new Pointwise(0, Map.of());

  /** The operation for a function; empty where cuDNN has none. */
  static Optional<Pointwise> of(Activate op) {
    return switch (op.function()) {
      case RELU -> only(100);
      case RELU6 -> with(100, Map.of(Attribute.POINTWISE_RELU_UPPER_CLIP, 6.0));
      case LEAKY_RELU -> with(100, Map.of(Attribute.POINTWISE_RELU_LOWER_CLIP_SLOPE, op.alpha()));
      case TANH -> only(101);
      case SIGMOID -> only(102);
      case ELU -> with(103, Map.of(Attribute.POINTWISE_ELU_ALPHA, op.alpha()));
      case GELU -> only(104);
      case SILU -> with(106, Map.of(Attribute.POINTWISE_SWISH_BETA, 1.0));
      case GELU_TANH -> only(107);
      case LINEAR, HARD_SIGMOID, HARD_SWISH -> Optional.empty();
    };
  }

  private static Optional<Pointwise> only(int mode) {
    return with(mode, Map.of());
  }

  private static Optional<Pointwise> with(int mode, Map<Attribute, Double> settings) {
    return Optional.of(new Pointwise(mode, settings));
  }

  Descriptor describe(OperationGraph graph) {
    Descriptor descriptor =
        graph
            .own(Kind.POINTWISE)
            .setNumber(Attribute.POINTWISE_MODE, Type.POINTWISE_MODE, mode)
            .setNumber(Attribute.POINTWISE_MATH_PREC, Type.DATA_TYPE, OperationGraph.FLOAT);
    settings.forEach(descriptor::setDouble);
    return descriptor.finish();
  }
}
