package org.convoy.kernels.onednn;

import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;

/**
 * A convolution's weights with the batch normalisation behind it folded in, as inference has it:
 * with {@code a = scale / sqrt(variance + epsilon)} of the running variance, the weights of output
 * channel c are multiplied by {@code a_c}, and the bias is {@code shift + a (bias - mean)}. Made
 * anew after each change of the parameters, in float32. To be called within {@link
 * Steps#refreshing}.
 *
 * @param weight in C order, of no use once the refresh is over
 * @param bias one number a channel
 */
record FoldedWeights(Tensor weight, Tensor bias) {

  /**
   * @param dimensions under which the weights are wanted
   */
  static FoldedWeights of(
      Lowering lowering, Parameter weight, long[] dimensions, Optional<Parameter> bias, Node norm) {
    List<Parameter> parameters = lowering.parameters(norm);
    double epsilon = ((BatchNorm) norm.op()).epsilon();
    long channels = weight.shape().dimension(0);
    long[] rows = {channels, weight.length() / channels};
    long[] column = {channels, 1};
    Arithmetic arithmetic = new Arithmetic(lowering, "fold " + norm.name());
    Tensor factor = lowering.allocate(Desc.plain(lowering.natives(), column, dnnl.dnnl_f32));
    lowering
        .steps()
        .reorder("fold " + norm.name(), lowering.parameter(parameters.get(3), column), factor);
    arithmetic.apply(dnnl.dnnl_eltwise_linear, 1, epsilon, factor);
    arithmetic.apply(dnnl.dnnl_eltwise_pow, 1, -0.5, factor);
    multiply(arithmetic, factor, lowering.parameter(parameters.get(0), column));
    Tensor folded = lowering.allocate(Desc.plain(lowering.natives(), rows, dnnl.dnnl_f32));
    arithmetic.join(dnnl.dnnl_binary_mul, lowering.parameter(weight, rows), factor, folded);
    Tensor offset = lowering.keep(Desc.plain(lowering.natives(), column, dnnl.dnnl_f32));
    Tensor mean = lowering.parameter(parameters.get(2), column);
    if (bias.isPresent()) {
      arithmetic.join(dnnl.dnnl_binary_sub, lowering.parameter(bias.get(), column), mean, offset);
    } else {
      lowering.steps().reorder("fold " + norm.name(), mean, offset);
      arithmetic.apply(dnnl.dnnl_eltwise_linear, -1, 0, offset);
    }
    multiply(arithmetic, offset, factor);
    arithmetic.join(
        dnnl.dnnl_binary_add, offset, lowering.parameter(parameters.get(1), column), offset);
    return new FoldedWeights(
        shaped(lowering, folded, dimensions), shaped(lowering, offset, channels));
  }

  private static void multiply(Arithmetic arithmetic, Tensor tensor, Tensor by) {
    arithmetic.join(dnnl.dnnl_binary_mul, tensor, by, tensor);
  }

  private static Tensor shaped(Lowering lowering, Tensor tensor, long... dimensions) {
    return new Tensor(tensor.buffer(), Desc.plain(lowering.natives(), dimensions, dnnl.dnnl_f32));
  }
}
