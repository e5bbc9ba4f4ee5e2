package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Convolution;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.kernels.onednn.Lowering.Gradient;
import org.convoy.kernels.onednn.Lowering.Lowered;
import org.convoy.kernels.onednn.Step.Argument;

/**
 * Convolution: forward, gradient by input, gradient by weight and bias. Each of the three goes its
 * own {@link Way}: the one that was chosen, else the first in the order of {@link #candidates} that
 * oneDNN has.
 */
final class Convolutions {
  static final String FORWARD = "forward";
  static final String BY_INPUT = "by input";
  static final String BY_WEIGHT = "by weight";

  /** Below this, blocks of channels would mostly hold padding. */
  private static final int FEW_CHANNELS = 8;

  /**
   * Implementations of a kernel and layout that are timed; what comes later is for older machines.
   */
  private static final int WORTH_TIMING = 2;

  private final Lowering lowering;
  private final Node node;
  private final Tensor source;
  private final Parameter weight;
  private final List<Parameter> bias;
  private final long[] sourceDims;
  private final long[] weightDims;
  private final long[] outputDims;
  private final long[] stride;
  private final long[] dilation;
  private final long[] padBefore;
  private final long[] padAfter;

  private Convolutions(Lowering lowering, Node node, Convolution op) {
    this.lowering = lowering;
    this.node = node;
    this.source = lowering.source(node);
    List<Parameter> parameters = lowering.parameters(node);
    this.weight = parameters.get(0);
    this.bias = parameters.subList(1, parameters.size());
    this.sourceDims = source.desc().dimensions();
    this.outputDims = lowering.batched(node);
    this.weightDims = weightDims(weight, op.groups());
    this.stride = longs(op.window().stride(), 0);
    this.dilation = longs(op.window().dilation(), -1);
    this.padBefore = longs(op.window().padBefore(), 0);
    this.padAfter = longs(op.window().padAfter(), 0);
  }

  static Lowered lower(Lowering lowering, Node node, Convolution op) {
    return new Convolutions(lowering, node, op).forward();
  }

  /**
   * {@code (out, in, kernel...)}, with groups {@code (groups, out / groups, in / groups,
   * kernel...)}.
   */
  private static long[] weightDims(Parameter weight, int groups) {
    long[] dims = weight.shape().toArray();
    if (groups == 1) {
      return dims;
    }
    long[] grouped = new long[dims.length + 1];
    grouped[0] = groups;
    grouped[1] = dims[0] / groups;
    System.arraycopy(dims, 1, grouped, 2, dims.length - 1);
    return grouped;
  }

  private static long[] longs(List<Integer> values, int plus) {
    return values.stream().mapToLong(value -> value + plus).toArray();
  }

  /** The layouts' own fast code first, whatever there is last. */
  private List<Way> candidates(String role, Layout first) {
    List<Way> ways = new ArrayList<>();
    lowering.way(node, role).ifPresent(ways::add);
    ways.add(Way.fast(first));
    ways.add(Way.fast(first == Layout.BLOCKED ? Layout.CHANNELS_LAST : Layout.BLOCKED));
    ways.add(Way.fast(Layout.FREE));
    ways.add(new Way(Layout.FREE, Way.ANY));
    return ways;
  }

  /** A kernel and the way it goes. */
  private record Found(Kernel kernel, Way way) {}

  /** Makes a kernel of a role in a layout. */
  @FunctionalInterface
  private interface Direction {
    Kernel.Maker in(Layout layout);
  }

  private Found find(String role, Layout first, Direction direction) {
    String word = "conv " + role + " " + node.name();
    try (Attributes attributes = Attributes.standard()) {
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

  private Desc sourceDesc(Layout layout) {
    Layout own = sourceDims[1] < FEW_CHANNELS ? Layout.FREE : layout;
    return Desc.laid(lowering.natives(), sourceDims, lowering.activationType(), own);
  }

  private Desc outputDesc(Layout layout) {
    return Desc.laid(lowering.natives(), outputDims, lowering.activationType(), layout);
  }

  private Desc anyWeights(int type) {
    return Desc.any(lowering.natives(), weightDims, type);
  }

  /** The bias and its gradient stay float32, whatever the activations are. */
  private dnnl_memory_desc biasDesc() {
    return bias.isEmpty()
        ? new dnnl_memory_desc()
        : Desc.plain(lowering.natives(), new long[] {outputDims[1]}, dnnl.dnnl_f32).handle();
  }

  private Kernel.Maker forwardIn(Layout layout) {
    return (result, attributes) ->
        dnnl.dnnl_convolution_forward_primitive_desc_create(
            result,
            Dnnl.engine(),
            lowering.propagation(),
            dnnl.dnnl_convolution_direct,
            sourceDesc(layout).handle(),
            anyWeights(lowering.activationType()).handle(),
            biasDesc(),
            outputDesc(layout).handle(),
            stride,
            dilation,
            padBefore,
            padAfter,
            attributes);
  }

  private Kernel.Maker byInputIn(Layout layout, Kernel forward) {
    return (result, attributes) ->
        dnnl.dnnl_convolution_backward_data_primitive_desc_create(
            result,
            Dnnl.engine(),
            dnnl.dnnl_convolution_direct,
            sourceDesc(layout).handle(),
            anyWeights(lowering.activationType()).handle(),
            outputDesc(layout).handle(),
            stride,
            dilation,
            padBefore,
            padAfter,
            forward.desc(),
            attributes);
  }

  private Kernel.Maker byWeightIn(Layout layout, Kernel forward) {
    return (result, attributes) ->
        dnnl.dnnl_convolution_backward_weights_primitive_desc_create(
            result,
            Dnnl.engine(),
            dnnl.dnnl_convolution_direct,
            sourceDesc(layout).handle(),
            anyWeights(dnnl.dnnl_f32).handle(),
            biasDesc(),
            outputDesc(layout).handle(),
            stride,
            dilation,
            padBefore,
            padAfter,
            forward.desc(),
            attributes);
  }

  /** The ways worth timing, by role: of each layout the first few fast implementations. */
  static Map<String, List<Way>> ways(Lowering lowering, Node node, Convolution op) {
    Convolutions self = new Convolutions(lowering, node, op);
    Kernel any = self.find(FORWARD, Layout.BLOCKED, self::forwardIn).kernel();
    Map<String, List<Way>> ways = new LinkedHashMap<>();
    ways.put(FORWARD, ways(self::forwardIn));
    if (lowering.training()) {
      ways.put(BY_INPUT, ways(layout -> self.byInputIn(layout, any)));
      ways.put(BY_WEIGHT, ways(layout -> self.byWeightIn(layout, any)));
    }
    return ways;
  }

  private static List<Way> ways(Direction direction) {
    List<Way> ways = new ArrayList<>();
    try (Attributes attributes = Attributes.standard()) {
      for (Layout layout : List.of(Layout.BLOCKED, Layout.CHANNELS_LAST)) {
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
    Found found = find(FORWARD, Layout.BLOCKED, this::forwardIn);
    Kernel kernel = found.kernel();
    int type = lowering.activationType();
    Tensor read =
        lowering.convertOnce(source, kernel.layout(dnnl.dnnl_query_src_md, sourceDims, type));
    Tensor weights =
        lowering.weight(weight, kernel.layout(dnnl.dnnl_query_weights_md, weightDims, type));
    Tensor output = lowering.allocate(kernel.layout(dnnl.dnnl_query_dst_md, outputDims, type));
    List<Argument> arguments = new ArrayList<>();
    arguments.add(new Argument(dnnl.DNNL_ARG_SRC, read));
    arguments.add(new Argument(dnnl.DNNL_ARG_WEIGHTS, weights));
    arguments.add(new Argument(dnnl.DNNL_ARG_DST, output));
    for (Parameter each : bias) {
      arguments.add(new Argument(dnnl.DNNL_ARG_BIAS, lowering.parameter(each, outputDims[1])));
    }
    lowering.execute(kernel, arguments.toArray(Argument[]::new));
    return new Lowered(output, gradient -> backward(found, gradient));
  }

  private void backward(Found forward, Gradient gradient) {
    byWeight(forward, gradient.tensor());
    if (lowering.wantsGradient(node.inputs().get(0))) {
      byInput(forward, gradient.tensor());
    }
  }

  private void byInput(Found forward, Tensor gradient) {
    int type = lowering.activationType();
    Kernel kernel =
        find(BY_INPUT, forward.way().layout(), layout -> byInputIn(layout, forward.kernel()))
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
    int type = lowering.activationType();
    Kernel kernel =
        find(BY_WEIGHT, forward.way().layout(), layout -> byWeightIn(layout, forward.kernel()))
            .kernel();
    Tensor read =
        lowering.convertOnce(source, kernel.layout(dnnl.dnnl_query_src_md, sourceDims, type));
    Tensor slope =
        lowering.convert(gradient, kernel.layout(dnnl.dnnl_query_diff_dst_md, outputDims, type));
    Tensor place = lowering.gradient(weight, weightDims);
    Desc chosen = kernel.layout(dnnl.dnnl_query_diff_weights_md, weightDims, dnnl.dnnl_f32);
    Tensor result = place.desc().sameAs(chosen) ? place : lowering.allocate(chosen);
    List<Argument> arguments = new ArrayList<>();
    arguments.add(new Argument(dnnl.DNNL_ARG_SRC, read));
    arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_DST, slope));
    arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_WEIGHTS, result));
    for (Parameter each : bias) {
      arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_BIAS, lowering.gradient(each, outputDims[1])));
    }
    lowering.execute(kernel, arguments.toArray(Argument[]::new));
    if (result != place) {
      lowering.reorder("gradient of " + weight.name(), result, place);
    }
  }
}
