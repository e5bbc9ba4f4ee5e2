package org.convoy.kernels.cudnn;

import java.util.List;
import java.util.Optional;

/**
 * Batch normalisation as a line for each channel: forward is {@code y = a x + b}, backward {@code
 * dx = a g + c x + d}. A step takes fewer numbers for each element than with moments and scales. In
 * bfloat16 alone: in float32 the offset of a large mean would cancel.
 *
 * @param factors of forward, all a, then all b
 */
record BatchLines(Lowering lowering, Tensor source, Tensor mean, Tensor root, Tensor factors) {
  /** Rows of an index. */
  private static final long ROWS = 4;

  /** Whether such norms can be computed so. */
  static boolean suit(Desc desc) {
    return desc.wide() && desc.type() == NumberType.BFLOAT16;
  }

  static BatchLines of(
      Lowering lowering, Tensor source, Tensor mean, Tensor root, Tensor scale, Tensor shift) {
    long channels = source.desc().channels();
    Tensor factors = lowering.allocate(Desc.numbers(2 * channels));
    lowering
        .untyped("batch_factors")
        .at(mean, root, scale, shift, factors)
        .sizes(channels)
        .launch(channels);
    return new BatchLines(lowering, source, mean, root, factors);
  }

  /** Adds {@code f(a x + b + addend)}. */
  Tensor normalise(Optional<Tensor> addend, int function) {
    Tensor output = lowering.allocate(source.desc());
    launch(
        lowering.kernel("batch_normalise").at(source, factors).maybe(addend).at(output), function);
    return output;
  }

  /**
   * Adds the gradient of the input.
   *
   * @param gradient behind the activation, if there is one
   * @param sums of the gradient before the activation, and of the gradient times z
   * @param function the activation's, or none
   */
  Tensor backward(Tensor gradient, List<Tensor> sums, int function) {
    Desc desc = source.desc();
    Tensor rest = lowering.allocate(Desc.numbers(2L * desc.channels()));
    lowering
        .untyped("batch_gradient_factors")
        .at(mean, root, factors, sums.get(0), sums.get(1), rest)
        .sizes(desc.channels())
        .factors(1.0 / desc.rows())
        .launch(desc.channels());
    Tensor result = lowering.allocate(desc);
    launch(lowering.kernel("batch_backward").at(source, gradient, factors, rest, result), function);
    return result;
  }

  private void launch(Kernel kernel, int function) {
    Desc desc = source.desc();
    long step = (desc.rows() + ROWS - 1) / ROWS;
    kernel
        .sizes(desc.rows(), desc.channels(), step, function)
        .launch(step * desc.channels() / Kernel.WIDTH);
  }
}
