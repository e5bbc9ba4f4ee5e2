package org.convoy.kernels.cudnn;

import java.util.List;
import java.util.Optional;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;

/**
 * Layer normalisation over the channels of each position, where those are whole eights. One kernel
 * computes a row with its moments, one its gradient; the gradients of scale and shift are sums over
 * all rows.
 */
final class RowNorms {
  private final Lowering lowering;
  private final Node node;
  private final Tensor source;
  private final Tensor scale;
  private final Tensor mean;
  private final Tensor root;

  private RowNorms(Lowering lowering, Node node) {
    this.lowering = lowering;
    this.node = node;
    this.source = lowering.input(node, 0);
    this.scale = lowering.parameter(lowering.parameters(node).get(0));
    this.mean = lowering.allocate(Desc.numbers(source.desc().rows()));
    this.root = lowering.allocate(Desc.numbers(source.desc().rows()));
  }

  /** Whether such norms can be computed so. */
  static boolean suit(Desc desc) {
    return desc.wide();
  }

  static Lowered lower(Lowering lowering, Node node, double epsilon) {
    RowNorms norms = new RowNorms(lowering, node);
    return new Lowered(
        norms.normalise(epsilon),
        gradient -> {
          if (lowering.trains(node)) {
            norms.parameterGradients(gradient.tensor());
          }
          if (lowering.wantsGradient(node.inputs().get(0))) {
            lowering.contribute(node.inputs().get(0), norms.backward(gradient.tensor()), true);
          }
        });
  }

  private long channels() {
    return source.desc().channels();
  }

  private Tensor normalise(double epsilon) {
    Tensor output = lowering.allocate(source.desc());
    lowering
        .kernel("row_norm")
        .at(source, scale, lowering.parameter(lowering.parameters(node).get(1)))
        .at(mean, root, output)
        .sizes(channels())
        .factors(epsilon, 1.0 / channels())
        .launch(source.desc().rows());
    return output;
  }

  /** The gradients of shift and scale. */
  private void parameterGradients(Tensor gradient) {
    List<Parameter> parameters = lowering.parameters(node);
    new Sums(lowering, 1, source.desc().rows(), channels())
        .of(
            lowering.kernel("sum_row_norm").wide(true),
            (kernel, to) -> kernel.at(source, mean, root, gradient, to),
            2,
            List.of(
                Optional.of(lowering.gradient(parameters.get(1))),
                Optional.of(lowering.gradient(parameters.get(0)))));
  }

  private Tensor backward(Tensor gradient) {
    Tensor result = lowering.allocate(source.desc());
    lowering
        .kernel("row_norm_backward")
        .at(source, mean, root, scale, gradient, result)
        .sizes(channels())
        .factors(1.0 / channels())
        .launch(source.desc().rows());
    return result;
  }
}
