package org.convoy.kernels.onednn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.graph.Node;
import org.convoy.graph.Pool;
import org.convoy.graph.Window;
import org.convoy.kernels.onednn.Step.Argument;

/** Pooling, in the layout of what it reads. */
final class Pools {
  private final Lowering lowering;
  private final Node node;
  private final Tensor source;
  private final int algorithm;
  private final long[] outputDims;
  private final long[] kernel;
  private final long[] stride;
  private final long[] padBefore;
  private final long[] padAfter;
  private final long[] dilation;
  private final UnaryOperator<Tensor> ofInput;

  /**
   * @param source what the windows slide over: the node's input, or what was made of it
   * @param ofInput makes the gradient of the node's input out of that of the source
   */
  private Pools(
      Lowering lowering,
      Node node,
      Tensor source,
      UnaryOperator<Tensor> ofInput,
      int algorithm,
      long[] outputDims,
      long[] kernel,
      long[] stride,
      long[] padBefore) {
    this.lowering = lowering;
    this.node = node;
    this.source = source;
    this.ofInput = ofInput;
    this.algorithm = algorithm;
    this.outputDims = outputDims;
    this.kernel = kernel;
    this.stride = stride;
    this.padBefore = padBefore;
    this.padAfter = new long[kernel.length];
    this.dilation = new long[kernel.length];
    long[] in = source.desc().dimensions();
    for (int i = 0; i < kernel.length; i++) {
      padAfter[i] = (outputDims[i + 2] - 1) * stride[i] + kernel[i] - in[i + 2] - padBefore[i];
      // Positions behind the last window are simply not read.
      padAfter[i] = Math.max(padAfter[i], 0);
    }
  }

  static Lowered lower(Lowering lowering, Node node, Pool op) {
    Window window = op.window();
    Tensor source = lowering.activation(node);
    long[] out = lowering.batched(node);
    boolean counts = op.kind() == Pool.Kind.AVERAGE && op.countPadding();
    if (counts && overhangs(window, source.desc().dimensions(), out)) {
      return overhanging(lowering, node, source, window);
    }
    Pools pools =
        new Pools(
            lowering,
            node,
            source,
            UnaryOperator.identity(),
            algorithm(op),
            out,
            longs(window.kernel()),
            longs(window.stride()),
            longs(window.padBefore()));
    return pools.forward(out);
  }

  /** Whether the last window reaches over the padding, in any dimension. */
  private static boolean overhangs(Window window, long[] in, long[] out) {
    for (int i = 0; i < window.rank(); i++) {
      long end = (out[i + 2] - 1) * window.stride().get(i) + window.kernel().get(i);
      if (end > window.padBefore().get(i) + in[i + 2] + window.padAfter().get(i)) {
        return true;
      }
    }
    return false;
  }

  /**
   * A mean that counts the padding but not what lies behind it, which oneDNN cannot tell apart: the
   * padding is made first, and then no other counts.
   */
  private static Lowered overhanging(Lowering lowering, Node node, Tensor source, Window window) {
    long[] in = source.desc().dimensions();
    long[] whole = in.clone();
    long[] from = new long[in.length];
    for (int i = 0; i < window.rank(); i++) {
      from[i + 2] = window.padBefore().get(i);
      whole[i + 2] += window.padBefore().get(i) + window.padAfter().get(i);
    }
    Parts parts = new Parts(lowering, "pad " + node.name(), whole, from, in);
    long[] out = lowering.batched(node);
    Pools pools =
        new Pools(
            lowering,
            node,
            parts.set(source),
            parts::cut,
            dnnl.dnnl_pooling_avg_exclude_padding,
            out,
            longs(window.kernel()),
            longs(window.stride()),
            new long[window.rank()]);
    return pools.forward(out);
  }

  static Lowered global(Lowering lowering, Node node) {
    long[] in = lowering.source(node).desc().dimensions();
    long[] out = new long[in.length];
    Arrays.fill(out, 1);
    out[0] = in[0];
    out[1] = in[1];
    long[] spatial = Arrays.copyOfRange(in, 2, in.length);
    long[] zeros = new long[spatial.length];
    Pools pools =
        new Pools(
            lowering,
            node,
            lowering.activation(node),
            UnaryOperator.identity(),
            dnnl.dnnl_pooling_avg_exclude_padding,
            out,
            spatial,
            spatial,
            zeros);
    return pools.forward(lowering.batched(node));
  }

  private static int algorithm(Pool op) {
    if (op.kind() == Pool.Kind.MAX) {
      return dnnl.dnnl_pooling_max;
    }
    return op.countPadding()
        ? dnnl.dnnl_pooling_avg_include_padding
        : dnnl.dnnl_pooling_avg_exclude_padding;
  }

  private static long[] longs(List<Integer> values) {
    return values.stream().mapToLong(Integer::longValue).toArray();
  }

  /**
   * @param shown the dimensions under which others see the result: a global pool's have no
   *     positions left
   */
  private Lowered forward(long[] shown) {
    int type = lowering.activationType();
    Desc any = Desc.any(lowering.natives(), outputDims, type);
    Kernel forward =
        Kernel.make(
            lowering.natives(),
            "pool forward " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_pooling_forward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    lowering.propagation(),
                    algorithm,
                    source.desc().handle(),
                    any.handle(),
                    stride,
                    kernel,
                    dilation,
                    padBefore,
                    padAfter,
                    attributes));
    Desc chosen = forward.layout(dnnl.dnnl_query_dst_md, outputDims, type);
    Tensor output = lowering.allocate(chosen);
    List<Argument> workspace = new ArrayList<>();
    Desc workspaceDesc = forward.opaque(dnnl.dnnl_query_workspace_md);
    if (lowering.needsBackward() && workspaceDesc.bytes() > 0) {
      workspace.add(new Argument(dnnl.DNNL_ARG_WORKSPACE, lowering.allocate(workspaceDesc)));
    }
    List<Argument> arguments = new ArrayList<>(workspace);
    arguments.add(new Argument(dnnl.DNNL_ARG_SRC, source));
    arguments.add(new Argument(dnnl.DNNL_ARG_DST, output));
    lowering.steps().execute(forward, arguments.toArray(Argument[]::new));
    Tensor result =
        Arrays.equals(shown, outputDims) ? output : Shapes.plain(lowering, output, shown);
    return new Lowered(result, gradient -> backward(forward, chosen, workspace, gradient));
  }

  private void backward(
      Kernel forward, Desc outputDesc, List<Argument> workspace, Gradient gradient) {
    int input = node.inputs().get(0);
    if (!lowering.wantsGradient(input)) {
      return;
    }
    Tensor shaped =
        gradient.tensor().desc().dimensions().length == outputDims.length
            ? gradient.tensor()
            : Shapes.plain(lowering, gradient.tensor(), outputDims);
    Tensor outputGradient = lowering.convert(shaped, outputDesc);
    if (!addedDataGradient(outputGradient)) {
      dataGradient(forward, outputDesc, workspace, outputGradient);
    }
  }

  /**
   * Adds the gradient of a mean over all positions to what has come together of the input's: one
   * number for each channel, added in place.
   *
   * @return whether it was done: not of other pools, nor where there is nothing to add to
   */
  private boolean addedDataGradient(Tensor outputGradient) {
    long[] in = lowering.source(node).desc().dimensions();
    boolean mean =
        algorithm == dnnl.dnnl_pooling_avg_exclude_padding
            && Arrays.stream(outputDims).skip(2).allMatch(size -> size == 1)
            && Arrays.equals(kernel, Arrays.copyOfRange(in, 2, in.length))
            && Arrays.equals(in, source.desc().dimensions());
    Optional<Tensor> sum =
        mean
            ? lowering
                .accumulator(node.inputs().get(0))
                .filter(tensor -> tensor.desc().sameAs(source.desc()))
            : Optional.empty();
    sum.ifPresent(
        into -> {
          String word = "pool backward " + node.name() + ", added";
          Desc each = Products.like(lowering, into, outputDims, outputGradient.desc().type());
          Tensor share = lowering.allocate(each);
          long positions = Arrays.stream(kernel).reduce(1, (a, b) -> a * b);
          Tensor laid = lowering.convert(outputGradient, each);
          Elementwise.scale(lowering, word, laid, 1.0f / positions, share);
          Elementwise.add(lowering, word, into, share, into);
        });
    return sum.isPresent();
  }

  private void dataGradient(
      Kernel forward, Desc outputDesc, List<Argument> workspace, Tensor outputGradient) {
    Kernel backward =
        Kernel.make(
            lowering.natives(),
            "pool backward " + node.name(),
            (result, attributes) ->
                dnnl.dnnl_pooling_backward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    algorithm,
                    source.desc().handle(),
                    outputDesc.handle(),
                    stride,
                    kernel,
                    dilation,
                    padBefore,
                    padAfter,
                    forward.desc(),
                    attributes));
    Tensor result = lowering.allocate(source.desc());
    List<Argument> arguments = new ArrayList<>(workspace);
    arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_DST, outputGradient));
    arguments.add(new Argument(dnnl.DNNL_ARG_DIFF_SRC, result));
    lowering.steps().execute(backward, arguments.toArray(Argument[]::new));
    lowering.contribute(node.inputs().get(0), ofInput.apply(result), true);
  }
}
