package org.convoy.kernels.onednn;

import java.util.Arrays;
import org.bytedeco.dnnl.global.dnnl;
import org.convoy.kernels.onednn.Step.Argument;

/**
 * {@code y = scale x + shift} by channel in one pass, and {@code dx = scale dy}, {@code dscale =
 * sum dy x}, {@code dshift = sum dy} in another. It is oneDNN's batch normalisation by a mean of
 * zero and a variance of one, whose kernels are fast where those of binary ops and reductions are
 * not. Scales, shifts and sums are vectors of float32.
 */
final class Affine {
  private static final int FLAGS =
      dnnl.dnnl_use_global_stats | dnnl.dnnl_use_scale | dnnl.dnnl_use_shift;

  private final Lowering lowering;
  private final String word;
  private final Desc desc;
  private final Kernel forward;
  private final Tensor means;
  private final Tensor variances;

  /**
   * @param word the op's name, for profiles and errors
   * @param desc of x and y
   */
  Affine(Lowering lowering, String word, Desc desc) {
    this.lowering = lowering;
    this.word = word;
    this.desc = desc;
    this.forward =
        Kernel.make(
            lowering.natives(),
            word,
            (result, attributes) ->
                dnnl.dnnl_batch_normalization_forward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    dnnl.dnnl_forward_training,
                    desc.handle(),
                    desc.handle(),
                    0,
                    FLAGS,
                    attributes));
    int channels = (int) desc.dimensions()[1];
    double[] ones = new double[channels];
    Arrays.fill(ones, 1);
    this.means = lowering.zeros(Desc.plain(lowering.natives(), vector(), dnnl.dnnl_f32));
    this.variances = lowering.weights().constant(ones, vector());
  }

  private long[] vector() {
    return new long[] {desc.dimensions()[1]};
  }

  /** New memory for a number a channel. */
  Tensor allocateVector() {
    return lowering.allocate(Desc.plain(lowering.natives(), vector(), dnnl.dnnl_f32));
  }

  Tensor apply(Tensor x, Tensor scale, Tensor shift) {
    Tensor result = lowering.allocate(desc);
    lowering
        .steps()
        .execute(
            forward,
            new Argument(dnnl.DNNL_ARG_SRC, x),
            new Argument(dnnl.DNNL_ARG_MEAN, means),
            new Argument(dnnl.DNNL_ARG_VARIANCE, variances),
            new Argument(dnnl.DNNL_ARG_SCALE, scale),
            new Argument(dnnl.DNNL_ARG_SHIFT, shift),
            new Argument(dnnl.DNNL_ARG_DST, result));
    return result;
  }

  /**
   * Returns the gradient of x and writes those of scale and shift: the sums over each channel of
   * the products of x and outputGradient, and of outputGradient alone.
   */
  Tensor backward(Tensor x, Tensor outputGradient, Tensor scale, Tensor ofScale, Tensor ofShift) {
    Kernel kernel =
        Kernel.make(
            lowering.natives(),
            word,
            (result, attributes) ->
                dnnl.dnnl_batch_normalization_backward_primitive_desc_create(
                    result,
                    Dnnl.engine(),
                    dnnl.dnnl_backward,
                    desc.handle(),
                    desc.handle(),
                    desc.handle(),
                    0,
                    FLAGS,
                    forward.desc(),
                    attributes));
    Tensor result = lowering.allocate(desc);
    lowering
        .steps()
        .execute(
            kernel,
            new Argument(dnnl.DNNL_ARG_SRC, x),
            new Argument(dnnl.DNNL_ARG_MEAN, means),
            new Argument(dnnl.DNNL_ARG_VARIANCE, variances),
            new Argument(dnnl.DNNL_ARG_SCALE, scale),
            new Argument(dnnl.DNNL_ARG_DIFF_DST, outputGradient),
            new Argument(dnnl.DNNL_ARG_DIFF_SRC, result),
            new Argument(dnnl.DNNL_ARG_DIFF_SCALE, ofScale),
            new Argument(dnnl.DNNL_ARG_DIFF_SHIFT, ofShift));
    return result;
  }
}
