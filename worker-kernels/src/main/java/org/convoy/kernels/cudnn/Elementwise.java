package org.convoy.kernels.cudnn;

import java.util.Optional;
import org.convoy.graph.Activate;
import org.convoy.graph.Node;
import org.convoy.graph.PRelu;
import org.convoy.graph.Parameter;

/** Activations, sums, and products with factors that elements may share. */
final class Elementwise {
  /** No function. */
  static final int NONE = 12;

  private Elementwise() {}

  /** A function's number in {@code activations.cuh}. */
  static int number(Activate.Function function) {
    return switch (function) {
      case RELU -> 0;
      case RELU6 -> 1;
      case LEAKY_RELU -> 2;
      case ELU -> 3;
      case SIGMOID -> 4;
      case TANH -> 5;
      case GELU -> 6;
      case GELU_TANH -> 7;
      case SILU -> 8;
      case HARD_SIGMOID -> 9;
      case HARD_SWISH -> 10;
      case LINEAR -> 11;
    };
  }

  static Lowered activate(Lowering lowering, Node node, Activate op) {
    Tensor source = lowering.input(node, 0);
    Tensor output = lowering.allocate(source.desc());
    long count = source.desc().elements();
    int function = number(op.function());
    lowering
        .kernel("activate")
        .wide(source.desc().wide())
        .at(source, output)
        .sizes(source.desc().channels(), function)
        .factors(op.alpha())
        .launch(count);
    return new Lowered(
        output,
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor result = gradient.place(lowering);
            backward(lowering, source, gradient.tensor(), result, function, op.alpha());
            lowering.contribute(input, result, true);
          }
        });
  }

  /** Adds {@code result = gradient * f'(x)}. */
  static void backward(
      Lowering lowering, Tensor x, Tensor gradient, Tensor result, int function, double alpha) {
    lowering
        .kernel("activate_backward")
        .wide(x.desc().wide())
        .at(x, gradient, result)
        .sizes(function)
        .factors(alpha)
        .launch(x.desc().elements());
  }

  /** Whether a function's slope at x is its slope at f(x). */
  static boolean slopeShowsInResult(int function) {
    return function == number(Activate.Function.RELU)
        || function == number(Activate.Function.RELU6);
  }

  static Lowered prelu(Lowering lowering, Node node, PRelu op) {
    Tensor source = lowering.input(node, 0);
    Desc desc = source.desc();
    Parameter slopes = lowering.parameters(node).get(0);
    long stride = op.perChannel() ? 1 : 0;
    Tensor output = lowering.allocate(desc);
    lowering
        .kernel("prelu")
        .at(source, lowering.parameter(slopes), output)
        .sizes(desc.channels(), stride)
        .launch(desc.elements());
    return new Lowered(
        output,
        gradient -> {
          if (lowering.flow().trains(slopes)) {
            Sums sums =
                op.perChannel()
                    ? new Sums(lowering, 1, desc.rows(), desc.channels())
                    : new Sums(lowering, 1, desc.elements(), 1);
            sums.one(
                lowering.kernel("sum_prelu"),
                (kernel, to) -> kernel.at(source, gradient.tensor(), to),
                Optional.of(lowering.gradient(slopes)));
          }
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor result = gradient.place(lowering);
            lowering
                .kernel("prelu_backward")
                .at(source, lowering.parameter(slopes), gradient.tensor(), result)
                .sizes(desc.channels(), stride)
                .launch(desc.elements());
            lowering.contribute(input, result, true);
          }
        });
  }

  static Lowered add(Lowering lowering, Node node) {
    Tensor output = lowering.allocate(lowering.desc(node));
    lowering
        .kernel("add")
        .wide(output.desc().wide())
        .at(lowering.input(node, 0), lowering.input(node, 1), output)
        .launch(output.desc().elements());
    return new Lowered(
        output,
        gradient -> {
          for (int input : node.inputs()) {
            if (lowering.wantsGradient(input)) {
              lowering.contribute(input, gradient.tensor(), false);
            }
          }
        });
  }

  /** Where the factor of an element lies: its strides over sample, position and channel. */
  record Factors(Tensor tensor, long sample, long position, long channel) {

    /** A factor for each element. */
    static Factors all(Tensor tensor) {
      long channels = tensor.desc().channels();
      return new Factors(tensor, tensor.desc().positions() * channels, channels, 1);
    }

    /** Adds {@code result = tensor * factor}. */
    void apply(Lowering lowering, Tensor by, Tensor result) {
      Desc desc = by.desc();
      lowering
          .kernel("scale")
          .wide(desc.wide())
          .at(by, tensor, result)
          .sizes(desc.positions(), desc.channels(), sample, position, channel)
          .sizes(tensor.desc().type().ordinal())
          .launch(desc.elements());
    }
  }

  static Lowered multiply(Lowering lowering, Node node) {
    Tensor first = lowering.input(node, 0);
    Tensor second = lowering.input(node, 1);
    Desc desc = first.desc();
    Desc shared = second.desc();
    long channels = desc.channels();
    boolean perChannel = shared.channels() == channels && shared.positions() == 1;
    boolean perPosition = shared.channels() == 1 && shared.positions() == desc.positions();
    Factors factors;
    if (desc.equals(shared)) {
      factors = Factors.all(second);
    } else if (perChannel) {
      factors = new Factors(second, channels, 0, 1);
    } else {
      factors = new Factors(second, desc.positions(), 1, 0);
    }
    Tensor output = lowering.allocate(desc);
    factors.apply(lowering, first, output);
    return new Lowered(
        output,
        gradient -> {
          if (lowering.wantsGradient(node.inputs().get(1))) {
            Tensor result = lowering.allocate(shared);
            if (desc.equals(shared)) {
              Factors.all(first).apply(lowering, gradient.tensor(), result);
            } else {
              Sums sums =
                  perPosition
                      ? new Sums(lowering, desc.rows(), channels, 1)
                      : new Sums(lowering, desc.samples(), desc.positions(), channels);
              Tensor sum = sums.products(gradient.tensor(), first, Optional.empty());
              convert(lowering, sum, 1, result);
            }
            lowering.contribute(node.inputs().get(1), result, true);
          }
          if (lowering.wantsGradient(node.inputs().get(0))) {
            Tensor result = lowering.allocate(desc);
            factors.apply(lowering, gradient.tensor(), result);
            lowering.contribute(node.inputs().get(0), result, true);
          }
        });
  }

  static Lowered channelScale(Lowering lowering, Node node) {
    Tensor source = lowering.input(node, 0);
    Desc desc = source.desc();
    Parameter scale = lowering.parameters(node).get(0);
    Factors factors = new Factors(lowering.parameter(scale), 0, 0, 1);
    Tensor output = lowering.allocate(desc);
    factors.apply(lowering, source, output);
    return new Lowered(
        output,
        gradient -> {
          if (lowering.flow().trains(scale)) {
            new Sums(lowering, 1, desc.rows(), desc.channels())
                .products(gradient.tensor(), source, Optional.of(lowering.gradient(scale)));
          }
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor result = gradient.place(lowering);
            factors.apply(lowering, gradient.tensor(), result);
            lowering.contribute(input, result, true);
          }
        });
  }

  /** Adds {@code to = factor * from}, each of its type. */
  static void convert(Lowering lowering, Tensor from, double factor, Tensor to) {
    lowering
        .untyped("convert")
        .at(from, to)
        .sizes(from.desc().type().ordinal(), to.desc().type().ordinal())
        .factors(factor)
        .launch(to.desc().elements());
  }

  /** The input itself, with its gradient passed on. */
  static Lowered unchanged(Lowering lowering, Node node) {
    int input = node.inputs().get(0);
    return new Lowered(
        lowering.input(node, 0),
        gradient -> {
          if (lowering.wantsGradient(input)) {
            lowering.contribute(input, gradient.tensor(), gradient.exclusive());
          }
        });
  }
}
