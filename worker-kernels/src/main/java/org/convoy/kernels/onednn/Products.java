package org.convoy.kernels.onednn;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Node;
import org.convoy.graph.Parameter;
import org.convoy.kernels.onednn.Step.Argument;
import org.convoy.kernels.vector.VectorProduct;

/**
 * Products of two tensors, the second of which may have one factor for a whole dimension. Its
 * gradient is then a sum over that dimension.
 *
 * <p>oneDNN multiplies fast only where both have the same kind of layout, so the factors are
 * converted to the layout of the first tensor. It sums over positions fast only by pooling.
 */
final class Products {
  private Products() {}

  /** The op of a graph. */
  static Lowered multiply(Lowering lowering, Node node) {
    int first = node.inputs().get(0);
    int second = node.inputs().get(1);
    Tensor source = lowering.activation(node);
    Tensor result = lowering.output(second);
    Desc desc = like(lowering, source, result.desc().dimensions(), lowering.activationType());
    Tensor factors = lowering.convertOnce(result, desc);
    Tensor output = lowering.allocate(source.desc());
    Elementwise.multiply(lowering, node.name(), source, factors, output);
    return new Lowered(
        output,
        gradient -> {
          Gradient outputGradient = gradient.in(lowering, source.desc());
          Optional<VectorProduct> own = own(lowering, source, desc);
          if (own.isPresent() && lowering.wantsGradient(first) && lowering.wantsGradient(second)) {
            Tensor sums = lowering.allocate(desc);
            Tensor to = outputGradient.place(lowering);
            lowering
                .steps()
                .run(
                    node.name() + " backward",
                    at -> own.get().backward(at[0], at[1], at[2], at[3], at[4]),
                    0,
                    0,
                    List.of(source, outputGradient.tensor(), factors, to, sums));
            lowering.contribute(second, sums, true);
            lowering.contribute(first, to, true);
            return;
          }
          if (lowering.wantsGradient(second)) {
            Tensor sums = factorGradient(lowering, node, source, outputGradient.tensor(), desc);
            lowering.contribute(second, sums, true);
          }
          if (lowering.wantsGradient(first)) {
            dataGradient(lowering, node, factors, outputGradient);
          }
        });
  }

  /** Convoy's own kernel for both gradients, where there is a factor a sample and channel. */
  private static Optional<VectorProduct> own(Lowering lowering, Tensor source, Desc factors) {
    long[] full = source.desc().dimensions();
    long[] dims = factors.dimensions();
    boolean oneEach =
        full.length > 2
            && dims[0] == full[0]
            && dims[1] == full[1]
            && Arrays.stream(dims).skip(2).allMatch(size -> size == 1);
    return Layout.of(lowering.natives(), source.desc())
        .filter(layout -> oneEach && Dnnl.VECTORS)
        .map(
            layout ->
                new VectorProduct(
                    full[0],
                    full[1],
                    source.desc().positions(),
                    layout == Layout.BLOCKED,
                    source.desc().type() == dnnl.dnnl_bf16));
  }

  /** A learned factor for each channel. */
  static Lowered channelScale(Lowering lowering, Node node) {
    Tensor source = lowering.activation(node);
    Parameter parameter = lowering.parameters(node).get(0);
    long[] dims = new long[source.desc().dimensions().length];
    Arrays.fill(dims, 1);
    dims[1] = parameter.length();
    Tensor factors = lowering.weights().of(parameter, like(lowering, source, dims, dnnl.dnnl_f32));
    Tensor output = lowering.allocate(source.desc());
    Elementwise.multiply(lowering, node.name(), source, factors, output);
    return new Lowered(
        output,
        gradient -> {
          Gradient outputGradient = gradient.in(lowering, source.desc());
          if (lowering.trains(node)) {
            Tensor terms = scaleTerms(lowering, node, source, outputGradient.tensor());
            Tensor to = lowering.gradient(parameter, 1, parameter.length());
            MatrixProducts.sumSamples(lowering, node.name() + " sum", terms, to);
          }
          if (lowering.wantsGradient(node.inputs().get(0))) {
            dataGradient(lowering, node, factors, outputGradient);
          }
        });
  }

  /** Rows of a number for each channel, whose sum is the gradient of the factors. */
  private static Tensor scaleTerms(
      Lowering lowering, Node node, Tensor source, Tensor outputGradient) {
    Desc desc = source.desc();
    long[] full = desc.dimensions();
    Natives natives = lowering.natives();
    if (full.length > 2 && desc.sameAs(Desc.channelsLast(natives, full, desc.type()))) {
      Tensor product = factorGradient(lowering, node, source, outputGradient, desc);
      long[] rows = {full[0] * desc.positions(), full[1]};
      return new Tensor(product.buffer(), Desc.plain(natives, rows, desc.type()));
    }
    long[] dims = new long[full.length];
    Arrays.fill(dims, 1);
    dims[0] = full[0];
    dims[1] = full[1];
    Desc each = like(lowering, source, dims, lowering.activationType());
    return factorGradient(lowering, node, source, outputGradient, each);
  }

  /** A description of other dimensions in the same kind of layout, or a plain one. */
  static Desc like(Lowering lowering, Tensor tensor, long[] dims, int type) {
    Natives natives = lowering.natives();
    return tensor
        .desc()
        .sameLayout(natives, dims, type)
        .orElseGet(() -> Desc.plain(natives, dims, type));
  }

  private static void dataGradient(
      Lowering lowering, Node node, Tensor factors, Gradient outputGradient) {
    Tensor to = outputGradient.place(lowering);
    Elementwise.multiply(
        lowering, node.name() + " data gradient", outputGradient.tensor(), factors, to);
    lowering.contribute(node.inputs().get(0), to, true);
  }

  /** The gradient of factors of this description. */
  private static Tensor factorGradient(
      Lowering lowering, Node node, Tensor source, Tensor outputGradient, Desc factors) {
    Tensor product = lowering.allocate(source.desc());
    Elementwise.multiply(
        lowering, node.name() + " factor gradient", outputGradient, source, product);
    long[] dims = factors.dimensions();
    long[] full = source.desc().dimensions();
    if (Arrays.equals(dims, full)) {
      return product;
    }
    Tensor sums = lowering.allocate(factors);
    if (dims[1] == full[1]) {
      sumPositions(lowering, node.name() + " sum", product, sums);
    } else {
      sumChannels(lowering, node.name() + " sum", product, sums);
    }
    return sums;
  }

  /** Sums over all positions, as their mean times their number. */
  private static void sumPositions(Lowering lowering, String word, Tensor from, Tensor to) {
    long[] dims = from.desc().dimensions();
    long[] window = Arrays.copyOfRange(dims, 2, dims.length);
    long[] none = new long[window.length];
    float positions = Arrays.stream(window).reduce(1, (a, b) -> a * b);
    try (Attributes scaled = Attributes.followedBy(dnnl.dnnl_eltwise_linear, positions, 0)) {
      Kernel kernel =
          Kernel.make(
              lowering.natives(),
              word,
              scaled,
              (result, attributes) ->
                  dnnl.dnnl_pooling_forward_primitive_desc_create(
                      result,
                      Dnnl.engine(),
                      dnnl.dnnl_forward_inference,
                      dnnl.dnnl_pooling_avg_exclude_padding,
                      from.desc().handle(),
                      to.desc().handle(),
                      window,
                      window,
                      none,
                      none,
                      none,
                      attributes));
      lowering
          .steps()
          .execute(
              kernel, new Argument(dnnl.DNNL_ARG_SRC, from), new Argument(dnnl.DNNL_ARG_DST, to));
    }
  }

  /** Sums over all channels, as a convolution with ones. */
  private static void sumChannels(Lowering lowering, String word, Tensor from, Tensor to) {
    Natives natives = lowering.natives();
    long[] dims = from.desc().dimensions();
    int type = lowering.activationType();
    long[] weights = new long[dims.length];
    long[] ones = new long[dims.length - 2];
    long[] none = new long[dims.length - 2];
    Arrays.fill(weights, 1);
    Arrays.fill(ones, 1);
    weights[1] = dims[1];
    Desc any = Desc.any(natives, weights, type);
    Kernel kernel =
        Kernel.make(
            natives,
            word,
            (result, attributes) ->
                dnnl.dnnl_convolution_forward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    dnnl.dnnl_forward_inference,
                    dnnl.dnnl_convolution_direct,
                    from.desc().handle(),
                    any.handle(),
                    new dnnl_memory_desc(),
                    to.desc().handle(),
                    ones,
                    none,
                    none,
                    none,
                    attributes));
    Desc chosen = kernel.layout(dnnl.dnnl_query_weights_md, weights, type);
    double[] values = new double[Math.toIntExact(dims[1])];
    Arrays.fill(values, 1);
    lowering
        .steps()
        .execute(
            kernel,
            new Argument(dnnl.DNNL_ARG_SRC, from),
            new Argument(dnnl.DNNL_ARG_WEIGHTS, lowering.weights().constant(values, chosen)),
            new Argument(dnnl.DNNL_ARG_DST, to));
  }
}
