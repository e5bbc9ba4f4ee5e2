package org.convoy.kernels.onednn;

import java.util.Arrays;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;
import org.convoy.graph.Node;
import org.convoy.graph.Resize;
import org.convoy.kernels.onednn.Step.Argument;

/**
 * Resizing: oneDNN's resampling where its positions are the op's, else one spatial dimension after
 * the other as a product with a constant matrix of float32.
 */
final class Resizes {
  private final Lowering lowering;
  private final Node node;
  private final Resize op;
  private final long[] in;
  private final long[] out;

  private Resizes(Lowering lowering, Node node, Resize op) {
    this.lowering = lowering;
    this.node = node;
    this.op = op;
    this.in = lowering.source(node).desc().dimensions();
    this.out = lowering.batched(node);
  }

  static Lowered lower(Lowering lowering, Node node, Resize op) {
    Resizes resizes = new Resizes(lowering, node, op);
    return resizes.resamples() ? resizes.resample() : resizes.multiply();
  }

  /** oneDNN takes centres of pixels half a pixel from the border, whatever it does with them. */
  private boolean resamples() {
    return switch (op.method()) {
      case LINEAR, NEAREST_EXACT -> true;
      case LINEAR_ALIGNED -> false;
      case NEAREST -> {
        boolean whole = true;
        for (int i = 2; i < in.length; i++) {
          whole &= out[i] % in[i] == 0;
        }
        yield whole;
      }
    };
  }

  private Lowered resample() {
    Tensor source = lowering.activation(node);
    int algorithm =
        op.method() == Resize.Method.LINEAR
            ? dnnl.dnnl_resampling_linear
            : dnnl.dnnl_resampling_nearest;
    Desc desc = source.desc();
    Desc result =
        desc.sameLayout(lowering.natives(), out)
            .orElseGet(() -> Desc.plain(lowering.natives(), out, desc.type()));
    Kernel forward =
        Kernel.make(
            lowering.natives(),
            "resize forward " + node.name(),
            (made, attributes) ->
                dnnl.dnnl_resampling_forward_primitive_desc_create(
                    made,
                    Dnnl.engine(),
                    lowering.propagation(),
                    algorithm,
                    new FloatPointer(),
                    desc.handle(),
                    result.handle(),
                    attributes));
    Tensor output = lowering.allocate(result);
    lowering
        .steps()
        .execute(
            forward,
            new Argument(dnnl.DNNL_ARG_SRC, source),
            new Argument(dnnl.DNNL_ARG_DST, output));
    return new Lowered(
        output,
        gradient -> {
          if (op.method() == Resize.Method.LINEAR) {
            // oneDNN's own takes six times as long.
            multiplyBack(matrices(), gradient);
          } else {
            resampleBack(forward, desc, result, gradient);
          }
        });
  }

  private void resampleBack(Kernel forward, Desc desc, Desc result, Gradient gradient) {
    int input = node.inputs().get(0);
    if (!lowering.wantsGradient(input)) {
      return;
    }
    Tensor outputGradient = lowering.convert(gradient.tensor(), result);
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            "resize backward " + node.name(),
            (made, attributes) ->
                dnnl.dnnl_resampling_backward_primitive_desc_create(
                    made,
                    Dnnl.engine(),
                    dnnl.dnnl_resampling_nearest,
                    new FloatPointer(),
                    desc.handle(),
                    result.handle(),
                    forward.desc(),
                    attributes));
    Tensor back = lowering.allocate(desc);
    lowering
        .steps()
        .execute(
            kernel,
            new Argument(dnnl.DNNL_ARG_DIFF_DST, outputGradient),
            new Argument(dnnl.DNNL_ARG_DIFF_SRC, back));
    lowering.contribute(input, back, true);
  }

  private Lowered multiply() {
    Tensor[] matrices = matrices();
    Tensor output =
        typed(multiplyAll("resize forward ", lowering.source(node), matrices, out, false));
    return new Lowered(output, gradient -> multiplyBack(matrices, gradient));
  }

  private void multiplyBack(Tensor[] matrices, Gradient gradient) {
    int input = node.inputs().get(0);
    if (lowering.wantsGradient(input)) {
      Tensor back = multiplyAll("resize backward ", gradient.tensor(), matrices, in, true);
      boolean copied = back != gradient.tensor() || gradient.exclusive();
      lowering.contribute(input, typed(back), copied);
    }
  }

  /** The matrix of each spatial dimension, at its index. */
  private Tensor[] matrices() {
    Tensor[] matrices = new Tensor[in.length];
    for (int i = 2; i < in.length; i++) {
      int from = (int) in[i];
      int to = (int) out[i];
      matrices[i] = lowering.weights().constant(op.weights(from, to), 1, to, from);
    }
    return matrices;
  }

  private Tensor typed(Tensor tensor) {
    Desc desc =
        Desc.plain(lowering.natives(), tensor.desc().dimensions(), lowering.activationType());
    return lowering.convert(tensor, desc);
  }

  /** Takes each spatial dimension to its size in {@code to}. */
  private Tensor multiplyAll(
      String word, Tensor tensor, Tensor[] matrices, long[] to, boolean transpose) {
    Tensor now =
        lowering.convert(
            tensor, Desc.plain(lowering.natives(), tensor.desc().dimensions(), dnnl.dnnl_f32));
    for (int i = 2; i < to.length; i++) {
      long[] dims = now.desc().dimensions();
      if (dims[i] != to[i]) {
        long outer = product(dims, 0, i);
        long inner = product(dims, i + 1, dims.length);
        Tensor matrix = transpose ? MatrixProducts.transposed(lowering, matrices[i]) : matrices[i];
        Tensor resized =
            inner == 1
                ? MatrixProducts.multiply(
                    lowering,
                    word + node.name(),
                    Shapes.plain(lowering, now, new long[] {1, outer, dims[i]}),
                    MatrixProducts.transposed(lowering, matrix))
                : MatrixProducts.multiply(
                    lowering,
                    word + node.name(),
                    matrix,
                    Shapes.plain(lowering, now, new long[] {outer, dims[i], inner}));
        dims[i] = to[i];
        now = Shapes.plain(lowering, resized, dims);
      }
    }
    return now;
  }

  private static long product(long[] dims, int from, int to) {
    return Arrays.stream(dims, from, to).reduce(1, (a, b) -> a * b);
  }
}
