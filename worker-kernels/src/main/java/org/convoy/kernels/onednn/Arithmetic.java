package org.convoy.kernels.onednn;

import java.util.Arrays;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.kernels.onednn.Step.Argument;

/**
 * What composed ops are made of: two tensors joined element by element, a function of each element,
 * and what is left when dimensions are reduced to one element.
 */
final class Arithmetic {
  private final Lowering lowering;
  private final String word;

  /**
   * @param word the op's name, for profiles and errors
   */
  Arithmetic(Lowering lowering, String word) {
    this.lowering = lowering;
    this.word = word;
  }

  /**
   * Joins two tensors by a binary algorithm; the second is repeated along dimensions where it has
   * one element. {@code to} may be the first.
   */
  Tensor join(int algorithm, Tensor first, Tensor second, Tensor to) {
    try (Attributes attributes = Attributes.standard()) {
      Elementwise.binary(lowering, word, algorithm, attributes, first, second, to);
    }
    return to;
  }

  /** {@link #join} into new memory that is laid out as the first tensor. */
  Tensor join(int algorithm, Tensor first, Tensor second) {
    return join(algorithm, first, second, lowering.allocate(first.desc()));
  }

  Tensor multiply(Tensor first, Tensor second) {
    return join(dnnl.dnnl_binary_mul, first, second);
  }

  /** Applies an element-wise algorithm in place; the tensor must be nobody else's. */
  Tensor apply(int algorithm, double alpha, double beta, Tensor tensor) {
    return apply(algorithm, alpha, beta, tensor, tensor);
  }

  /** Every element within the two bounds. */
  Tensor clip(Tensor tensor, double low, double high) {
    return apply(dnnl.dnnl_eltwise_clip, low, high, tensor, lowering.allocate(tensor.desc()));
  }

  private Tensor apply(int algorithm, double alpha, double beta, Tensor from, Tensor to) {
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            word,
            (result, attributes) ->
                dnnl.dnnl_eltwise_forward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    dnnl.dnnl_forward_inference,
                    algorithm,
                    from.desc().handle(),
                    to.desc().handle(),
                    (float) alpha,
                    (float) beta,
                    attributes));
    lowering
        .steps()
        .execute(
            kernel, new Argument(dnnl.DNNL_ARG_SRC, from), new Argument(dnnl.DNNL_ARG_DST, to));
    return to;
  }

  /** Sums over the dimensions that {@code to} has one element of. */
  Tensor sum(Tensor from, Tensor to) {
    return reduce(dnnl.dnnl_reduction_sum, from, to);
  }

  /** The mean, in float32 and C order. */
  Tensor mean(Tensor from, long... dimensions) {
    return reduce(dnnl.dnnl_reduction_mean, from, floats(dimensions));
  }

  private Tensor floats(long... dimensions) {
    return lowering.allocate(Desc.plain(lowering.natives(), dimensions, dnnl.dnnl_f32));
  }

  private Tensor reduce(int algorithm, Tensor from, Tensor to) {
    if (Arrays.equals(from.desc().dimensions(), to.desc().dimensions())) {
      return copy(from, to);
    }
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            word,
            (result, attributes) ->
                dnnl.dnnl_reduction_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    algorithm,
                    from.desc().handle(),
                    to.desc().handle(),
                    2,
                    0,
                    attributes));
    lowering
        .steps()
        .execute(
            kernel, new Argument(dnnl.DNNL_ARG_SRC, from), new Argument(dnnl.DNNL_ARG_DST, to));
    return to;
  }

  private Tensor copy(Tensor from, Tensor to) {
    lowering.steps().reorder(word, from, to);
    return to;
  }
}
