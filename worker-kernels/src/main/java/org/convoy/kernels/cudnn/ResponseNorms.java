package org.convoy.kernels.cudnn;

import java.util.List;
import java.util.Optional;
import org.convoy.graph.GlobalResponseNorm;
import org.convoy.graph.LocalResponseNorm;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;

/** Local and global response normalisation, and softmax: what works on the channels of a row. */
final class ResponseNorms {
  private ResponseNorms() {}

  static Lowered local(Lowering lowering, Node node, LocalResponseNorm op) {
    Tensor source = lowering.input(node, 0);
    Desc desc = source.desc();
    Tensor output = lowering.allocate(desc);
    double[] factors = {
      op.alpha() / op.size(), op.beta(), op.k(), 2 * op.alpha() * op.beta() / op.size()
    };
    lowering
        .kernel("response_norm")
        .at(source, output)
        .sizes(desc.channels(), op.size() / 2)
        .factors(factors)
        .launch(desc.elements());
    return new Lowered(
        output,
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor result = lowering.allocate(desc);
            lowering
                .kernel("response_norm_backward")
                .at(source, gradient.tensor(), result)
                .sizes(desc.channels(), op.size() / 2)
                .factors(factors)
                .launch(desc.elements());
            lowering.contribute(input, result, true);
          }
        });
  }

  static Lowered global(Lowering lowering, Node node, GlobalResponseNorm op) {
    Tensor source = lowering.input(node, 0);
    Desc desc = source.desc();
    long channels = desc.channels();
    List<Parameter> parameters = lowering.parameters(node);
    Tensor scale = lowering.parameter(parameters.get(0));
    Tensor shift = lowering.parameter(parameters.get(1));
    Sums perChannel = new Sums(lowering, desc.samples(), desc.positions(), channels);
    Tensor squares = perChannel.products(source, source, Optional.empty());
    Tensor divisors = lowering.allocate(Desc.numbers(desc.samples()));
    lowering
        .untyped("response_divisor")
        .at(squares, divisors)
        .sizes(channels)
        .factors(op.epsilon())
        .launch(desc.samples());
    Tensor output = lowering.allocate(desc);
    lowering
        .kernel("global_response")
        .at(source, squares, divisors, scale, shift, output)
        .sizes(desc.positions(), channels)
        .launch(desc.elements());
    return new Lowered(
        output,
        gradient -> {
          Tensor products = perChannel.products(gradient.tensor(), source, Optional.empty());
          if (lowering.trains(node)) {
            lowering
                .untyped("response_scale")
                .at(squares, divisors, products, lowering.gradient(parameters.get(0)))
                .sizes(desc.samples(), channels)
                .launch(channels);
            new Sums(lowering, 1, desc.rows(), channels)
                .plain(gradient.tensor(), Optional.of(lowering.gradient(parameters.get(1))));
          }
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor means = lowering.allocate(Desc.numbers(desc.samples()));
            lowering
                .untyped("response_mean")
                .at(squares, divisors, products, scale, means)
                .sizes(channels)
                .launch(desc.samples());
            Tensor result = gradient.place(lowering);
            lowering
                .kernel("global_response_backward")
                .at(source, gradient.tensor(), squares, divisors, products, scale, means, result)
                .sizes(desc.positions(), channels)
                .launch(desc.elements());
            lowering.contribute(input, result, true);
          }
        });
  }

  static Lowered softmax(Lowering lowering, Node node) {
    Tensor source = lowering.input(node, 0);
    Tensor output = lowering.allocate(source.desc());
    softmax(lowering, source, 1, output);
    return new Lowered(
        output,
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor result = gradient.place(lowering);
            softmaxBackward(lowering, output, gradient.tensor(), 1, result);
            lowering.contribute(input, result, true);
          }
        });
  }

  /**
   * Adds a softmax of {@code scale * x} over the channels of each row; x may be float32 in any
   * precision.
   */
  static void softmax(Lowering lowering, Tensor from, double scale, Tensor to) {
    Desc desc = from.desc();
    lowering
        .kernel("softmax")
        .at(from, to)
        .sizes(desc.channels(), desc.type().ordinal())
        .factors(scale)
        .launch(desc.rows());
  }

  /** Adds what gives the gradient of a softmax's input. */
  static void softmaxBackward(
      Lowering lowering, Tensor output, Tensor gradient, double scale, Tensor to) {
    lowering
        .kernel("softmax_backward")
        .at(output, gradient, to)
        .sizes(output.desc().channels())
        .factors(scale)
        .launch(output.desc().rows());
  }
}
