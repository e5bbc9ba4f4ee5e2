package org.convoy.kernels.cudnn;

import java.util.List;
import java.util.Optional;
import org.convoy.graph.AdaptiveAveragePool;
import org.convoy.graph.Node;
import org.convoy.graph.Pool;
import org.convoy.graph.Resize;
import org.convoy.graph.Window;
import org.convoy.kernels.AdaptiveBins;

/** Pools and resizes. */
final class Pools {
  /** The most taps of a window whose maximum's place is kept, in two bytes. */
  private static final int MOST_TAPS = 1 << 16;

  private Pools() {}

  static Lowered pool(Lowering lowering, Node node, Pool op) {
    Tensor source = lowering.input(node, 0);
    Desc image = source.desc();
    Desc result = lowering.desc(node);
    ConvolutionShape shape = new ConvolutionShape(image, result, op.window(), 1);
    return op.kind() == Pool.Kind.MAX
        ? max(lowering, node, source, shape)
        : average(lowering, node, source, shape, op);
  }

  private static Lowered max(Lowering lowering, Node node, Tensor source, ConvolutionShape shape) {
    if (shape.window().taps() > MOST_TAPS) {
      throw new UnsupportedOperationException(
          "backend cudnn has no maximum over more than "
              + MOST_TAPS
              + " positions: "
              + node.name());
    }
    Desc result = shape.result();
    Tensor output = lowering.allocate(result);
    Optional<Tensor> taps =
        lowering.needsBackward()
            ? Optional.of(
                lowering.allocate(
                    new Desc(
                        NumberType.BFLOAT16,
                        result.samples(),
                        result.spatial(),
                        result.channels())))
            : Optional.empty();
    lowering
        .kernel("max_pool")
        .wide(result.wide())
        .at(source, output)
        .maybe(taps)
        .sizes(shape.sizes())
        .launch(result.elements());
    return new Lowered(
        output,
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor to = lowering.allocate(shape.image());
            lowering
                .kernel("max_pool_backward")
                .wide(result.wide())
                .at(gradient.tensor(), taps.orElseThrow(), to)
                .sizes(shape.sizes())
                .launch(to.desc().elements());
            lowering.contribute(input, to, true);
          }
        });
  }

  private static Lowered average(
      Lowering lowering, Node node, Tensor source, ConvolutionShape shape, Pool op) {
    Tensor output = lowering.allocate(shape.result());
    Window window = op.window();
    long[] counted = {
      op.countPadding() ? 1 : 0,
      ConvolutionShape.three(window.padAfter(), 0, 0),
      ConvolutionShape.three(window.padAfter(), 1, 0),
      ConvolutionShape.three(window.padAfter(), 2, 0)
    };
    lowering
        .kernel("average_pool")
        .at(source, output)
        .sizes(shape.sizes())
        .sizes(counted)
        .launch(output.desc().elements());
    return new Lowered(
        output,
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor to = lowering.allocate(shape.image());
            lowering
                .kernel("average_pool_backward")
                .at(gradient.tensor(), to)
                .sizes(shape.sizes())
                .sizes(counted)
                .launch(to.desc().elements());
            lowering.contribute(input, to, true);
          }
        });
  }

  static Lowered global(Lowering lowering, Node node) {
    Tensor source = lowering.input(node, 0);
    Desc desc = source.desc();
    double share = 1.0 / desc.positions();
    Tensor sums =
        new Sums(lowering, desc.samples(), desc.positions(), desc.channels())
            .plain(source, Optional.empty());
    Tensor output = lowering.allocate(lowering.desc(node));
    Elementwise.convert(lowering, sums, share, output);
    return new Lowered(
        output,
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor to = lowering.allocate(desc);
            lowering
                .kernel("spread")
                .wide(desc.wide())
                .at(gradient.tensor(), to)
                .sizes(desc.positions(), desc.channels())
                .factors(share)
                .launch(desc.elements());
            lowering.contribute(input, to, true);
          }
        });
  }

  static Lowered adaptive(Lowering lowering, Node node, AdaptiveAveragePool op) {
    if (lowering.desc(node).positions() == 1) {
      return global(lowering, node);
    }
    return interpolate(
        lowering,
        node,
        (in, out) -> {
          AdaptiveBins bins = new AdaptiveBins(List.of(in), List.of(out));
          double[] shares = new double[in * out];
          for (int i = 0; i < shares.length; i++) {
            shares[i] = bins.share(i % in, i / in);
          }
          return shares;
        });
  }

  static Lowered resize(Lowering lowering, Node node, Resize op) {
    return interpolate(lowering, node, op::weights);
  }

  /** The matrix of one dimension: a row for each position of the result. */
  @FunctionalInterface
  private interface Weights {
    double[] of(int in, int out);
  }

  private static Lowered interpolate(Lowering lowering, Node node, Weights weights) {
    Tensor source = lowering.input(node, 0);
    Desc image = source.desc();
    Tensor output = lowering.allocate(lowering.desc(node));
    Interpolation forward = new Interpolation(image, output.desc());
    Interpolation backward = new Interpolation(output.desc(), image);
    for (int d = 0; d < 3; d++) {
      int in = image.three(d);
      int out = output.desc().three(d);
      double[] matrix = d < 3 - image.spatial().size() ? new double[] {1} : weights.of(in, out);
      forward.add(matrix, in, out);
      backward.add(Interpolation.transposed(matrix, in, out), out, in);
    }
    forward.launch(lowering, source, output);
    return new Lowered(
        output,
        gradient -> {
          int input = node.inputs().get(0);
          if (lowering.wantsGradient(input)) {
            Tensor to = lowering.allocate(image);
            backward.launch(lowering, gradient.tensor(), to);
            lowering.contribute(input, to, true);
          }
        });
  }
}
