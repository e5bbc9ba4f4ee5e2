package org.convoy.kernels.cudnn;

import java.util.List;
import java.util.Optional;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.kernels.plan.Home;

/**
 * A convolution's weights with the batch normalisation behind it folded in, as inference has it:
 * with {@code a = scale / sqrt(variance + epsilon)} of the running variance, the weights of output
 * channel c are multiplied by {@code a_c}, and the bias is {@code shift + a (bias - mean)}. Made
 * anew after each change of the parameters; products are taken in float32.
 *
 * @param weights {@code (outputs, taps, inputs)} of the activations' type
 * @param bias a number for each output
 */
record FoldedWeights(Tensor weights, Tensor bias) {

  static FoldedWeights of(
      Lowering lowering,
      ConvolutionShape shape,
      Parameter weight,
      Optional<Parameter> bias,
      Node norm) {
    List<Parameter> parameters = lowering.parameters(norm);
    Tensor scale = lowering.parameter(parameters.get(0));
    Tensor variance = lowering.parameter(parameters.get(3));
    double epsilon = ((BatchNorm) norm.op()).epsilon();
    int outputs = shape.result().channels();
    int taps = shape.window().taps();
    Desc desc = new Desc(lowering.type(), outputs, List.of(taps), shape.depth());
    Tensor folded = Tensor.in(Home.WEIGHTS, desc);
    Tensor offset = Tensor.in(Home.WEIGHTS, Desc.numbers(outputs));
    lowering
        .steps()
        .refreshing(
            () -> {
              lowering
                  .kernel("folded_weights")
                  .at(lowering.parameter(weight), scale, variance, folded)
                  .sizes(taps, shape.depth())
                  .factors(epsilon)
                  .launch(desc.elements());
              lowering
                  .untyped("folded_bias")
                  .maybe(bias.map(lowering::parameter))
                  .at(scale, lowering.parameter(parameters.get(1)))
                  .at(lowering.parameter(parameters.get(2)), variance, offset)
                  .factors(epsilon)
                  .launch(outputs);
            });
    return new FoldedWeights(folded, offset);
  }
}
