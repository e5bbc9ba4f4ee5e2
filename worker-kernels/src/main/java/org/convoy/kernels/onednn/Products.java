package org.convoy.kernels.onednn;

import java.util.Arrays;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.kernels.onednn.Lowering.Gradient;
import org.convoy.kernels.onednn.Lowering.Lowered;
import org.convoy.kernels.onednn.Step.Argument;

/**
 * Products of two tensors, the second of which may have one factor for a whole dimension. Its
 * gradient is then a sum over that dimension.
 */
final class Products {
  private Products() {}

  /** The op of a graph. */
  static Lowered multiply(Lowering lowering, Node node) {
    int first = node.inputs().get(0);
    int second = node.inputs().get(1);
    Tensor source = lowering.activation(node);
    Tensor result = lowering.output(second);
    long[] dims = result.desc().dimensions();
    boolean whole = Arrays.equals(dims, source.desc().dimensions());
    Tensor factors =
        lowering.convertOnce(
            result,
            whole
                ? source.desc()
                : Desc.plain(lowering.natives(), dims, lowering.activationType()));
    Tensor output = lowering.allocate(source.desc());
    Elementwise.multiply(lowering, node.name(), source, factors, output);
    return new Lowered(
        output,
        gradient -> {
          Tensor slope = lowering.convert(gradient.tensor(), source.desc());
          if (lowering.wantsGradient(second)) {
            Tensor product = lowering.allocate(source.desc());
            Elementwise.multiply(lowering, node.name() + " by factor", slope, source, product);
            Tensor sum = whole ? product : lowering.allocate(factors.desc());
            if (!whole) {
              sum(lowering, node.name() + " sum", product, sum);
            }
            lowering.contribute(second, sum, true);
          }
          if (lowering.wantsGradient(first)) {
            byInput(lowering, node, first, source, factors, gradient, slope);
          }
        });
  }

  private static void byInput(
      Lowering lowering,
      Node node,
      int input,
      Tensor source,
      Tensor factors,
      Gradient gradient,
      Tensor slope) {
    boolean exclusive = gradient.exclusive() || slope != gradient.tensor();
    Tensor to = exclusive ? slope : lowering.allocate(source.desc());
    Elementwise.multiply(lowering, node.name() + " by input", slope, factors, to);
    lowering.contribute(input, to, true);
  }

  /** A learned factor for each channel. */
  static Lowered channelScale(Lowering lowering, Node node) {
    int input = node.inputs().get(0);
    Tensor source = lowering.activation(node);
    Parameter parameter = lowering.parameters(node).get(0);
    long[] dims = new long[source.desc().dimensions().length];
    Arrays.fill(dims, 1);
    dims[1] = parameter.length();
    Tensor factors = lowering.parameter(parameter, dims);
    Tensor output = lowering.allocate(source.desc());
    Elementwise.multiply(lowering, node.name(), source, factors, output);
    return new Lowered(
        output,
        gradient -> {
          Tensor slope = lowering.convert(gradient.tensor(), source.desc());
          Tensor product = lowering.allocate(source.desc());
          Elementwise.multiply(lowering, node.name() + " by factor", slope, source, product);
          sum(lowering, node.name() + " sum", product, lowering.gradient(parameter, dims));
          if (lowering.wantsGradient(input)) {
            byInput(lowering, node, input, source, factors, gradient, slope);
          }
        });
  }

  /** Sums over each dimension that is 1 in the result. */
  private static void sum(Lowering lowering, String word, Tensor from, Tensor to) {
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            word,
            (result, attributes) ->
                dnnl.dnnl_reduction_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    dnnl.dnnl_reduction_sum,
                    from.desc().handle(),
                    to.desc().handle(),
                    0,
                    0,
                    attributes));
    lowering.execute(
        kernel, new Argument(dnnl.DNNL_ARG_SRC, from), new Argument(dnnl.DNNL_ARG_DST, to));
  }
}
