package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.kernels.onednn.Step.Argument;
import org.convoy.kernels.plan.Chain;
import org.convoy.kernels.vector.VectorWeightGradient;

/**
 * Convolution: forward, data gradient, and the gradients of weight and bias. Each of the three has
 * its own {@link Implementation}, which {@link ConvolutionSearch} finds.
 */
final class Convolutions {
  private final Lowering lowering;
  private final Chain chain;
  private final Node node;
  private final Tensor source;
  private final Parameter weight;
  private final List<Parameter> bias;
  private final long[] sourceDims;
  private final long[] weightDims;
  private final long[] outputDims;
  private final ConvolutionMakers makers;
  private final ConvolutionSearch search;

  private Convolutions(Lowering lowering, Chain chain) {
    this.lowering = lowering;
    this.chain = chain;
    this.node = chain.convolution();
    this.source = lowering.source(node);
    List<Parameter> parameters = lowering.parameters(node);
    this.weight = parameters.get(0);
    this.bias = parameters.subList(1, parameters.size());
    this.makers = ConvolutionMakers.of(lowering, chain);
    this.search = new ConvolutionSearch(lowering, chain, makers);
    this.sourceDims = makers.sourceDims();
    this.weightDims = makers.weightDims();
    this.outputDims = makers.outputDims();
  }

  static Lowered lower(Lowering lowering, Node node) {
    return lower(lowering, Chain.of(node));
  }

  /** A convolution with what follows it in one pass. */
  static Lowered lower(Lowering lowering, Chain chain) {
    return new Convolutions(lowering, chain).forward();
  }

  private Lowered forward() {
    ConvolutionSearch.Found found =
        search.find(ConvolutionSearch.FORWARD, lowering.rule(), search::forwardIn);
    Kernel kernel = found.kernel();
    int type = lowering.activationType();
    Tensor read =
        lowering.convertOnce(source, kernel.layout(dnnl.dnnl_query_src_md, sourceDims, type));
    Desc weightDesc = kernel.layout(dnnl.dnnl_query_weights_md, weightDims, type);
    Tensor output = output(kernel.layout(dnnl.dnnl_query_dst_md, outputDims, type));
    List<Argument> arguments = new ArrayList<>();
    arguments.add(new Argument(dnnl.DNNL_ARG_SRC, read));
    arguments.add(new Argument(dnnl.DNNL_ARG_DST, output));
    if (chain.norm().isPresent()) {
      foldInto(arguments, weightDesc, chain.norm().get());
    } else {
      arguments.add(new Argument(dnnl.DNNL_ARG_WEIGHTS, lowering.weights().of(weight, weightDesc)));
      for (Parameter each : bias) {
        arguments.add(new Argument(dnnl.DNNL_ARG_BIAS, lowering.parameter(each, outputDims[1])));
      }
    }
    lowering.steps().execute(kernel, arguments.toArray(Argument[]::new));
    return new Lowered(output, gradient -> backward(found, gradient));
  }

  /**
   * Memory for the result. If the chain adds, it is the addend's memory or a copy of the addend.
   */
  private Tensor output(Desc desc) {
    if (chain.addend().isEmpty()) {
      return lowering.allocate(desc);
    }
    int index = chain.addend().getAsInt();
    Tensor addend = lowering.output(index);
    if (addend.desc().sameAs(desc) && lowering.chains().diesIn(index, chain)) {
      // Another tensor in the same memory: copies that were made of the addend are not its copies.
      return new Tensor(addend.buffer(), desc);
    }
    Tensor copy = lowering.allocate(desc);
    lowering.steps().reorder("addend of " + node.name(), addend, copy);
    return copy;
  }

  private void foldInto(List<Argument> arguments, Desc weightDesc, Node norm) {
    Tensor kept = lowering.keep(weightDesc);
    lowering
        .steps()
        .refreshing(
            () -> {
              FoldedWeights folded =
                  FoldedWeights.of(lowering, weight, weightDims, bias.stream().findFirst(), norm);
              lowering.steps().reorder("weight " + weight.name(), folded.weight(), kept);
              arguments.add(new Argument(dnnl.DNNL_ARG_WEIGHTS, kept));
              arguments.add(new Argument(dnnl.DNNL_ARG_BIAS, folded.bias()));
            });
  }

  private void backward(ConvolutionSearch.Found forward, Gradient gradient) {
    if (lowering.trains(node)) {
      weightGradient(forward, gradient.tensor());
    }
    if (lowering.wantsGradient(node.inputs().get(0))
        && !addedDataGradient(forward, gradient.tensor())) {
      dataGradient(forward, gradient.tensor());
    }
  }

  /**
   * Adds the data gradient to the sum so far, in one pass. oneDNN's kernels for data gradients
   * overwrite. But the data gradient of a pointwise convolution is itself a pointwise convolution,
   * with the weights' channels exchanged, and kernels for forward can add.
   *
   * @return whether it was done; false where there is no sum yet or no such kernel
   */
  private boolean addedDataGradient(ConvolutionSearch.Found forward, Tensor gradient) {
    Optional<Tensor> sum = lowering.accumulator(node.inputs().get(0));
    if (sum.isEmpty() || !makers.pointwise()) {
      return false;
    }
    Layout layout = forward.implementation().layout();
    Kernel.Maker maker = makers.dataGradientAsForwardIn(layout, sum.get().desc());
    String word = ConvolutionSearch.word(ConvolutionSearch.DATA_GRADIENT, node.name()) + ", added";
    Optional<Kernel> found;
    try (Attributes attributes = Attributes.adding()) {
      found =
          Kernel.find(
              lowering.natives(), word, attributes, maker, Implementation.fast(layout)::takes);
    }
    found.ifPresent(
        kernel -> {
          int type = lowering.activationType();
          Desc stored = makers.exchanged();
          Desc read = kernel.layout(dnnl.dnnl_query_src_md, outputDims, type);
          Desc weights = kernel.layout(dnnl.dnnl_query_weights_md, stored.dimensions(), type);
          lowering
              .steps()
              .execute(
                  kernel,
                  new Argument(dnnl.DNNL_ARG_SRC, lowering.convert(gradient, read)),
                  new Argument(
                      dnnl.DNNL_ARG_WEIGHTS, lowering.weights().of(weight, stored, weights)),
                  new Argument(dnnl.DNNL_ARG_DST, sum.get()));
        });
    return found.isPresent();
  }

  private void dataGradient(ConvolutionSearch.Found forward, Tensor gradient) {
    int type = lowering.activationType();
    Kernel kernel =
        search
            .find(
                ConvolutionSearch.DATA_GRADIENT,
                forward.implementation().layout(),
                layout -> makers.dataGradientIn(layout, forward.kernel()))
            .kernel();
    Tensor read =
        lowering.convert(gradient, kernel.layout(dnnl.dnnl_query_diff_dst_md, outputDims, type));
    Tensor weights =
        lowering.weights().of(weight, kernel.layout(dnnl.dnnl_query_weights_md, weightDims, type));
    Tensor result = lowering.allocate(kernel.layout(dnnl.dnnl_query_diff_src_md, sourceDims, type));
    lowering
        .steps()
        .execute(
            kernel,
            new Argument(dnnl.DNNL_ARG_DIFF_DST, read),
            new Argument(dnnl.DNNL_ARG_WEIGHTS, weights),
            new Argument(dnnl.DNNL_ARG_DIFF_SRC, result));
    lowering.contribute(node.inputs().get(0), result, true);
  }

  private void weightGradient(ConvolutionSearch.Found forward, Tensor gradient) {
    Implementation implementation =
        lowering
            .chosen(node, ConvolutionSearch.WEIGHT_GRADIENT)
            .orElse(new Implementation(forward.implementation().layout(), Implementation.OWN));
    Optional<VectorWeightGradient> own =
        implementation.code().equals(Implementation.OWN)
            ? makers.ownWeightGradient(implementation.layout())
            : Optional.empty();
    if (own.isPresent()) {
      ownWeightGradient(own.get(), implementation.layout(), gradient);
    } else {
      onednnWeightGradient(forward, gradient);
    }
  }

  private void ownWeightGradient(VectorWeightGradient kernel, Layout layout, Tensor gradient) {
    int type = lowering.activationType();
    Natives natives = lowering.natives();
    Tensor read = lowering.convertOnce(source, Desc.laid(natives, sourceDims, type, layout));
    Tensor outputGradient =
        lowering.convert(gradient, Desc.laid(natives, outputDims, type, layout));
    Tensor result = lowering.gradient(weight, weightDims);
    lowering
        .steps()
        .run(
            ConvolutionSearch.word(ConvolutionSearch.WEIGHT_GRADIENT, node.name()),
            at -> kernel.compute(at[0], at[1], at[2], at[3]),
            kernel.scratchBytes(),
            kernel.work(),
            List.of(read, outputGradient, result));
  }

  private void onednnWeightGradient(ConvolutionSearch.Found forward, Tensor gradient) {
    int type = makers.weightGradientType();
    Kernel hint = search.weightGradientHint(forward.kernel());
    Kernel kernel =
        search
            .find(
                ConvolutionSearch.WEIGHT_GRADIENT,
                forward.implementation().layout(),
                layout -> makers.weightGradientIn(layout, hint))
            .kernel();
    Tensor read =
        lowering.convertOnce(source, kernel.layout(dnnl.dnnl_query_src_md, sourceDims, type));
    Tensor outputGradient =
        lowering.convert(gradient, kernel.layout(dnnl.dnnl_query_diff_dst_md, outputDims, type));
    Tensor place = lowering.gradient(weight, weightDims);
    WeightGradients.execute(
        lowering, kernel, weight, weightDims, place, bias, read, outputGradient);
  }
}
