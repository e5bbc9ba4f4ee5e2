package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.kernels.onednn.Lowering.Gradient;
import org.convoy.kernels.onednn.Lowering.Lowered;
import org.convoy.kernels.onednn.Step.Argument;
import org.convoy.kernels.vector.VectorWeightGradient;

/**
 * Convolution: forward, gradient by input, gradient by weight and bias. Each of the three goes its
 * own {@link Way}: the one that was chosen, else the first in the order of {@link #candidates} that
 * oneDNN has.
 */
final class Convolutions {
  static final String FORWARD = "forward";
  static final String BY_INPUT = "by input";
  static final String BY_WEIGHT = "by weight";

  /**
   * Implementations of a kernel and layout that are timed; what comes later is for older machines.
   */
  private static final int WORTH_TIMING = 2;

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

  private Convolutions(Lowering lowering, Chain chain) {
    this.lowering = lowering;
    this.chain = chain;
    this.node = chain.convolution();
    this.source = lowering.source(node);
    List<Parameter> parameters = lowering.parameters(node);
    this.weight = parameters.get(0);
    this.bias = parameters.subList(1, parameters.size());
    boolean biased = !bias.isEmpty() || chain.norm().isPresent();
    this.makers = new ConvolutionMakers(lowering, node, source.desc().dimensions(), biased);
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

  /** The layouts' own fast code first, whatever there is last. */
  private List<Way> candidates(String role, Layout first) {
    List<Way> ways = new ArrayList<>();
    lowering.way(node, role).ifPresent(ways::add);
    if (makers.depthwise()) {
      // For gradients by input with channels last oneDNN itself names one first that is thirty
      // times as slow.
      ways.add(new Way(first, Way.DEPTHWISE));
    }
    ways.add(Way.fast(first));
    ways.add(Way.fast(first.other()));
    ways.add(Way.fast(Layout.FREE));
    ways.add(new Way(Layout.FREE, Way.ANY));
    return ways;
  }

  /** What a kernel of a role does to a node. */
  static String word(String role, String node) {
    return "conv " + role + " " + node;
  }

  /** A kernel and the way it goes. */
  private record Found(Kernel kernel, Way way) {}

  /** Makes a kernel of a role in a layout. */
  @FunctionalInterface
  private interface Direction {
    Kernel.Maker in(Layout layout);
  }

  private Found find(String role, Layout first, Direction direction) {
    String word = word(role, node.name());
    try (Attributes attributes = Attributes.of(chain)) {
      for (Way way : candidates(role, first)) {
        Optional<Kernel> kernel =
            Kernel.find(
                lowering.natives(), word, attributes, direction.in(way.layout()), way::takes);
        if (kernel.isPresent()) {
          return new Found(kernel.get(), way);
        }
      }
    }
    throw new IllegalStateException("oneDNN has no " + word);
  }

  private Kernel.Maker forwardIn(Layout layout) {
    return makers.forwardIn(layout, lowering.activationType());
  }

  /** The forward kernel that one of the gradient by weight names as its hint. */
  private Kernel weightGradientHint(Kernel forward) {
    int type = makers.weightGradientType();
    return type == lowering.activationType()
        ? forward
        : find(FORWARD, Layout.CHANNELS_LAST, layout -> makers.forwardIn(layout, type)).kernel();
  }

  /** The ways worth timing, by role: of each layout the first few fast implementations. */
  static Map<String, List<Way>> ways(Lowering lowering, Node node) {
    Convolutions self = new Convolutions(lowering, Chain.of(node));
    Kernel any = self.find(FORWARD, lowering.rule(), self::forwardIn).kernel();
    Map<String, List<Way>> ways = new LinkedHashMap<>();
    ways.put(FORWARD, self.ways(self::forwardIn));
    if (lowering.training()) {
      ways.put(BY_INPUT, self.ways(layout -> self.makers.byInputIn(layout, any)));
      ways.put(BY_WEIGHT, self.waysByWeight(any));
    }
    return ways;
  }

  private List<Way> waysByWeight(Kernel forward) {
    Layout rule = lowering.rule();
    List<Way> ways = new ArrayList<>();
    for (Layout layout : List.of(rule, rule.other())) {
      if (makers.ownByWeight(layout).isPresent()) {
        ways.add(new Way(layout, Way.OWN));
      }
    }
    if (ways.isEmpty() || !makers.depthwise()) {
      Kernel hint = weightGradientHint(forward);
      ways.addAll(ways(layout -> makers.byWeightIn(layout, hint)));
    }
    return ways;
  }

  private List<Way> ways(Direction direction) {
    List<Way> ways = new ArrayList<>();
    try (Attributes attributes = Attributes.standard()) {
      Layout rule = lowering.rule();
      for (Layout layout : List.of(rule, rule.other())) {
        Kernel.implementations(attributes, direction.in(layout)).stream()
            .filter(Way.fast(layout)::takes)
            .distinct()
            .limit(WORTH_TIMING)
            .forEach(name -> ways.add(new Way(layout, name)));
      }
    }
    return ways;
  }

  private Lowered forward() {
    Found found = find(FORWARD, lowering.rule(), this::forwardIn);
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
      arguments.add(new Argument(dnnl.DNNL_ARG_WEIGHTS, lowering.weight(weight, weightDesc)));
      for (Parameter each : bias) {
        arguments.add(new Argument(dnnl.DNNL_ARG_BIAS, lowering.parameter(each, outputDims[1])));
      }
    }
    lowering.execute(kernel, arguments.toArray(Argument[]::new));
    return new Lowered(output, gradient -> backward(found, gradient));
  }

  /** Where the result goes: if the chain adds, to where the addend lies, or a copy of it. */
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
    lowering.reorder("addend of " + node.name(), addend, copy);
    return copy;
  }

  private void foldInto(List<Argument> arguments, Desc weightDesc, Node norm) {
    Tensor kept = lowering.keep(weightDesc);
    lowering.refreshing(
        () -> {
          FoldedWeights folded =
              FoldedWeights.of(lowering, weight, weightDims, bias.stream().findFirst(), norm);
          lowering.reorder("weight " + weight.name(), folded.weight(), kept);
          arguments.add(new Argument(dnnl.DNNL_ARG_WEIGHTS, kept));
          arguments.add(new Argument(dnnl.DNNL_ARG_BIAS, folded.bias()));
        });
  }

  private void backward(Found forward, Gradient gradient) {
    if (lowering.trains(node)) {
      byWeight(forward, gradient.tensor());
    }
    if (lowering.wantsGradient(node.inputs().get(0)) && !addedByInput(forward, gradient.tensor())) {
      byInput(forward, gradient.tensor());
    }
  }

  /**
   * Adds the gradient by input to what has come together of it, in one pass. oneDNN's gradients by
   * input overwrite; but that of a pointwise convolution is a pointwise convolution too, with the
   * weights' channels exchanged, and forward ones can add.
   *
   * @return whether it was done: not where there is nothing to add to, or no such kernel
   */
  private boolean addedByInput(Found forward, Tensor gradient) {
    Optional<Tensor> sum = lowering.accumulator(node.inputs().get(0));
    if (sum.isEmpty() || !makers.pointwise()) {
      return false;
    }
    Layout layout = forward.way().layout();
    Kernel.Maker maker = makers.byInputAsForwardIn(layout, sum.get().desc());
    String word = word(BY_INPUT, node.name()) + ", added";
    Optional<Kernel> found;
    try (Attributes attributes = Attributes.adding()) {
      found = Kernel.find(lowering.natives(), word, attributes, maker, Way.fast(layout)::takes);
    }
    found.ifPresent(
        kernel -> {
          int type = lowering.activationType();
          Desc stored = makers.exchanged();
          Desc read = kernel.layout(dnnl.dnnl_query_src_md, outputDims, type);
          Desc weights = kernel.layout(dnnl.dnnl_query_weights_md, stored.dimensions(), type);
          lowering.execute(
              kernel,
              new Argument(dnnl.DNNL_ARG_SRC, lowering.convert(gradient, read)),
              new Argument(dnnl.DNNL_ARG_WEIGHTS, lowering.weight(weight, stored, weights)),
              new Argument(dnnl.DNNL_ARG_DST, sum.get()));
        });
    return found.isPresent();
  }

  private void byInput(Found forward, Tensor gradient) {
    int type = lowering.activationType();
    Kernel kernel =
        find(BY_INPUT, forward.way().layout(), layout -> makers.byInputIn(layout, forward.kernel()))
            .kernel();
    Tensor read =
        lowering.convert(gradient, kernel.layout(dnnl.dnnl_query_diff_dst_md, outputDims, type));
    Tensor weights =
        lowering.weight(weight, kernel.layout(dnnl.dnnl_query_weights_md, weightDims, type));
    Tensor result = lowering.allocate(kernel.layout(dnnl.dnnl_query_diff_src_md, sourceDims, type));
    lowering.execute(
        kernel,
        new Argument(dnnl.DNNL_ARG_DIFF_DST, read),
        new Argument(dnnl.DNNL_ARG_WEIGHTS, weights),
        new Argument(dnnl.DNNL_ARG_DIFF_SRC, result));
    lowering.contribute(node.inputs().get(0), result, true);
  }

  private void byWeight(Found forward, Tensor gradient) {
    Way way = lowering.way(node, BY_WEIGHT).orElse(new Way(forward.way().layout(), Way.OWN));
    Optional<VectorWeightGradient> own =
        way.implementation().equals(Way.OWN) ? makers.ownByWeight(way.layout()) : Optional.empty();
    if (own.isPresent()) {
      ownByWeight(own.get(), way.layout(), gradient);
    } else {
      byWeightOfOnednn(forward, gradient);
    }
  }

  private void ownByWeight(VectorWeightGradient kernel, Layout layout, Tensor gradient) {
    int type = lowering.activationType();
    Natives natives = lowering.natives();
    Tensor read = lowering.convertOnce(source, Desc.laid(natives, sourceDims, type, layout));
    Tensor slope = lowering.convert(gradient, Desc.laid(natives, outputDims, type, layout));
    Tensor result = lowering.gradient(weight, weightDims);
    lowering.run(
        word(BY_WEIGHT, node.name()),
        at -> kernel.compute(at[0], at[1], at[2], at[3]),
        kernel.scratchBytes(),
        kernel.work(),
        List.of(read, slope, result));
  }

  private void byWeightOfOnednn(Found forward, Tensor gradient) {
    int type = makers.weightGradientType();
    Kernel hint = weightGradientHint(forward.kernel());
    Kernel kernel =
        find(BY_WEIGHT, forward.way().layout(), layout -> makers.byWeightIn(layout, hint)).kernel();
    Tensor read =
        lowering.convertOnce(source, kernel.layout(dnnl.dnnl_query_src_md, sourceDims, type));
    Tensor slope =
        lowering.convert(gradient, kernel.layout(dnnl.dnnl_query_diff_dst_md, outputDims, type));
    Tensor place = lowering.gradient(weight, weightDims);
    Desc chosen = kernel.layout(dnnl.dnnl_query_diff_weights_md, weightDims, dnnl.dnnl_f32);
    List<Argument> arguments = new ArrayList<>();
    arguments.add(new Argument(dnnl.DNNL_ARG_SRC, read));
    arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_DST, slope));
    for (Parameter each : bias) {
      arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_BIAS, lowering.gradient(each, outputDims[1])));
    }
    lowering.executeByWeight(kernel, weight, place, chosen, arguments);
  }
}
