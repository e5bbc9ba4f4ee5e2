package org.convoy.kernels.cudnn;

import java.util.Optional;

/** Finds engines for convolutions. */
interface Convolver {

  /** Finds none: every convolution is Convoy's own kernel. */
  Convolver NONE = (shape, direction, weights, chosen) -> Optional.empty();

  /**
   * The first deterministic engine in the library's own order that suits.
   *
   * @param weights the type of the weights, or of their gradient
   * @param chosen the word of an earlier choice, which is taken again if the library still has it
   * @return empty if there is none
   */
  Optional<ConvolutionEngine> find(
      ConvolutionShape shape,
      ConvolutionShape.Direction direction,
      NumberType weights,
      Optional<String> chosen);
}
