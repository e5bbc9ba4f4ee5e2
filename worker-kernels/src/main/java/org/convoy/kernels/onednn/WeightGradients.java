package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Parameter;
import org.convoy.kernels.onednn.Step.Argument;

/** The gradients of a product's weights and bias, as a primitive of oneDNN computes them. */
final class WeightGradients {
  private WeightGradients() {}

  /**
   * Adds the step. The weight gradient goes to its place in the flat gradient: at once where the
   * primitive writes the layout of the place, else through a copy.
   *
   * @param dims the weight's dimensions as the primitive knows them
   * @param place of the weight's gradient
   * @param bias none, or the bias
   * @param source what the product read
   * @param outputGradient (batch, channels, ...)
   */
  static void execute(
      Lowering lowering,
      Kernel kernel,
      Parameter weight,
      long[] dims,
      Tensor place,
      List<Parameter> bias,
      Tensor source,
      Tensor outputGradient) {
    Desc chosen = kernel.layout(dnnl.dnnl_query_diff_weights_md, dims, dnnl.dnnl_f32);
    Tensor result = place.desc().sameAs(chosen) ? place : lowering.allocate(chosen);
    List<Argument> arguments = new ArrayList<>();
    arguments.add(new Argument(dnnl.DNNL_ARG_SRC, source));
    arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_DST, outputGradient));
    long channels = outputGradient.desc().dimensions()[1];
    for (Parameter each : bias) {
      arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_BIAS, lowering.gradient(each, channels)));
    }
    arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_WEIGHTS, result));
    lowering.steps().execute(kernel, arguments.toArray(Argument[]::new));
    if (result != place) {
      lowering.steps().reorder("gradient of " + weight.name(), result, place);
    }
  }
}
