package org.convoy.kernels.onednn;

import java.util.EnumSet;
import java.util.Set;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Activate;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.Add;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Convolution;
import org.convoy.graph.Node;
import org.convoy.graph.Op;
import org.convoy.kernels.onednn.Step.Argument;

/** Activation functions and sums. */
final class Elementwise {

  /**
   * An activation as oneDNN parametrises it.
   *
   * @param backward the algorithm of backward: of the result where {@code fromResult}, else of the
   *     input
   */
  record Algorithm(int forward, int backward, boolean fromResult, float alpha, float beta) {
    static Algorithm fromInput(int algorithm, double alpha, double beta) {
      return new Algorithm(algorithm, algorithm, false, (float) alpha, (float) beta);
    }

    static Algorithm fromResult(int forward, int backward, double alpha) {
      return new Algorithm(forward, backward, true, (float) alpha, 0);
    }

    static Algorithm of(Activate op) {
      return switch (op.function()) {
        case RELU -> fromResult(dnnl.dnnl_eltwise_relu, dnnl.dnnl_eltwise_relu_use_dst_for_bwd, 0);
        case RELU6 ->
            new Algorithm(
                dnnl.dnnl_eltwise_clip_v2, dnnl.dnnl_eltwise_clip_v2_use_dst_for_bwd, true, 0, 6);
        case LEAKY_RELU -> fromInput(dnnl.dnnl_eltwise_relu, op.alpha(), 0);
        case ELU -> fromInput(dnnl.dnnl_eltwise_elu, op.alpha(), 0);
        case LINEAR -> fromInput(dnnl.dnnl_eltwise_linear, op.alpha(), 0);
        case SIGMOID ->
            fromResult(dnnl.dnnl_eltwise_logistic, dnnl.dnnl_eltwise_logistic_use_dst_for_bwd, 0);
        case TANH -> fromResult(dnnl.dnnl_eltwise_tanh, dnnl.dnnl_eltwise_tanh_use_dst_for_bwd, 0);
        case GELU -> fromInput(dnnl.dnnl_eltwise_gelu_erf, 0, 0);
        case GELU_TANH -> fromInput(dnnl.dnnl_eltwise_gelu_tanh, 0, 0);
        case SILU -> fromInput(dnnl.dnnl_eltwise_swish, 1, 0);
        case HARD_SIGMOID -> fromInput(dnnl.dnnl_eltwise_hardsigmoid, 1 / 6.0, 0.5);
        case HARD_SWISH -> fromInput(dnnl.dnnl_eltwise_hardswish, 1 / 6.0, 0.5);
      };
    }
  }

  private static final Set<Function> NOT_ZERO_AT_ZERO =
      EnumSet.of(Function.SIGMOID, Function.HARD_SIGMOID);

  private Elementwise() {}

  /** Adds an activation's backward step; {@code to} may be {@code outputGradient}. */
  @FunctionalInterface
  interface ActivationBackward {
    void backward(Tensor outputGradient, Tensor to);
  }

  static Lowered activate(Lowering lowering, Node node, Activate op) {
    Tensor read = lowering.activation(node);
    Tensor source = NOT_ZERO_AT_ZERO.contains(op.function()) ? dense(lowering, read) : read;
    Tensor output =
        Algorithm.of(op).fromResult() && mayOverwrite(lowering, node, source)
            ? new Tensor(source.buffer(), source.desc())
            : lowering.allocate(source.desc());
    ActivationBackward activation = activate(lowering, node.name(), op, source, output);
    return new Lowered(
        output,
        gradient -> {
          if (lowering.wantsGradient(node.inputs().get(0))) {
            Gradient outputGradient = gradient.in(lowering, source.desc());
            Tensor result = outputGradient.place(lowering);
            activation.backward(outputGradient.tensor(), result);
            lowering.contribute(node.inputs().get(0), result, true);
          }
        });
  }

  /**
   * The tensor in C order if its layout pads the channels: for functions that are not zero at zero,
   * oneDNN has only reference code for such layouts.
   */
  private static Tensor dense(Lowering lowering, Tensor tensor) {
    Desc desc = tensor.desc();
    Desc plain = Desc.plain(lowering.natives(), desc.dimensions(), desc.type());
    return desc.bytes() == plain.bytes() ? tensor : lowering.convertOnce(tensor, plain);
  }

  /** Adds an activation's forward step. */
  static ActivationBackward activate(
      Lowering lowering, String word, Activate op, Tensor source, Tensor output) {
    Algorithm algorithm = Algorithm.of(op);
    Kernel kernel = eltwiseForward(lowering, word, source.desc(), algorithm);
    lowering
        .steps()
        .execute(
            kernel,
            new Argument(dnnl.DNNL_ARG_SRC, source),
            new Argument(dnnl.DNNL_ARG_DST, output));
    Tensor data = algorithm.fromResult() ? output : source;
    return (outputGradient, to) ->
        backward(lowering, kernel, word + " backward", algorithm, data, outputGradient, to);
  }

  /**
   * Whether an activation may overwrite its input in a training plan: nothing else reads the input,
   * and the op that made it does not need it in backward.
   */
  private static boolean mayOverwrite(Lowering lowering, Node node, Tensor source) {
    int input = node.inputs().get(0);
    Op maker = lowering.graph().nodes().get(input).op();
    boolean forgets =
        maker instanceof Convolution
            || maker instanceof Add
            || (maker instanceof BatchNorm norm && norm.activation().isEmpty());
    return forgets
        && lowering.training()
        && !lowering.recomputes()
        && source == lowering.output(input)
        && lowering.graph().readers()[input] == 1;
  }

  /** Multiplies all numbers of a tensor by one. */
  static void scale(Lowering lowering, String word, Tensor from, float factor, Tensor to) {
    Algorithm linear = Algorithm.fromInput(dnnl.dnnl_eltwise_linear, factor, 0);
    lowering
        .steps()
        .execute(
            eltwiseForward(lowering, word, from.desc(), linear),
            new Argument(dnnl.DNNL_ARG_SRC, from),
            new Argument(dnnl.DNNL_ARG_DST, to));
  }

  private static Kernel eltwiseForward(
      Lowering lowering, String word, Desc desc, Algorithm algorithm) {
    return Kernel.make(
        lowering.natives(),
        word,
        (result, attributes) ->
            dnnl.dnnl_eltwise_forward_primitive_desc_create(
                result,
                Dnnl.engine(),
                lowering.propagation(),
                algorithm.forward(),
                desc.handle(),
                desc.handle(),
                algorithm.alpha(),
                algorithm.beta(),
                attributes));
  }

  private static void backward(
      Lowering lowering,
      Kernel forward,
      String word,
      Algorithm algorithm,
      Tensor data,
      Tensor outputGradient,
      Tensor to) {
    Desc desc = data.desc();
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            word,
            (result, attributes) ->
                dnnl.dnnl_eltwise_backward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    algorithm.backward(),
                    desc.handle(),
                    desc.handle(),
                    desc.handle(),
                    algorithm.alpha(),
                    algorithm.beta(),
                    forward.desc(),
                    attributes));
    lowering
        .steps()
        .execute(
            kernel,
            new Argument(algorithm.fromResult() ? dnnl.DNNL_ARG_DST : dnnl.DNNL_ARG_SRC, data),
            new Argument(dnnl.DNNL_ARG_DIFF_DST, outputGradient),
            new Argument(dnnl.DNNL_ARG_DIFF_SRC, to));
  }

  /**
   * Lets the gradient through where ReLU's result is above zero; {@code to} may be {@code
   * outputGradient}.
   */
  static void reluBackward(
      Lowering lowering, String word, Tensor output, Tensor outputGradient, Tensor to) {
    Algorithm relu = Algorithm.of(Activate.of(Activate.Function.RELU));
    Kernel forward = eltwiseForward(lowering, word, output.desc(), relu);
    backward(lowering, forward, word + " backward", relu, output, outputGradient, to);
  }

  /** The op of a graph. */
  static Lowered add(Lowering lowering, Node node) {
    Tensor first = lowering.activation(node);
    Tensor second = lowering.convertOnce(lowering.output(node.inputs().get(1)), first.desc());
    Tensor output = lowering.allocate(first.desc());
    add(lowering, node.name(), first, second, output);
    return new Lowered(
        output,
        (Gradient gradient) -> {
          for (int input : node.inputs()) {
            if (lowering.wantsGradient(input)) {
              lowering.contribute(input, gradient.tensor(), false);
            }
          }
        });
  }

  /** Adds two tensors of one layout; {@code to} may be the first. */
  static void add(Lowering lowering, String word, Tensor first, Tensor second, Tensor to) {
    try (Attributes attributes = Attributes.standard()) {
      binary(lowering, word, dnnl.dnnl_binary_add, attributes, first, second, to);
    }
  }

  /** Adds two tensors of one layout and applies ReLU; {@code to} may be the first. */
  static void addRelu(Lowering lowering, String word, Tensor first, Tensor second, Tensor to) {
    try (Attributes attributes = Attributes.followedBy(dnnl.dnnl_eltwise_relu, 0, 0)) {
      binary(lowering, word, dnnl.dnnl_binary_add, attributes, first, second, to);
    }
  }

  /**
   * Multiplies by a tensor of the same dimensions, or of some that are 1 and hold for all; {@code
   * to} may be the first.
   */
  static void multiply(Lowering lowering, String word, Tensor first, Tensor second, Tensor to) {
    try (Attributes attributes = Attributes.standard()) {
      binary(lowering, word, dnnl.dnnl_binary_mul, attributes, first, second, to);
    }
  }

  /** Joins two tensors by an algorithm of oneDNN's; {@code to} may be the first. */
  static void binary(
      Lowering lowering,
      String word,
      int algorithm,
      Attributes attributes,
      Tensor first,
      Tensor second,
      Tensor to) {
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            word,
            attributes,
            (result, handle) ->
                dnnl.dnnl_binary_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    algorithm,
                    first.desc().handle(),
                    second.desc().handle(),
                    to.desc().handle(),
                    handle));
    lowering
        .steps()
        .execute(
            kernel,
            new Argument(dnnl.DNNL_ARG_SRC_0, first),
            new Argument(dnnl.DNNL_ARG_SRC_1, second),
            new Argument(dnnl.DNNL_ARG_DST, to));
  }
}
