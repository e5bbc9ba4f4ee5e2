package org.convoy.kernels.nd4j;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Computes an op and its gradients. A rule has no state: backward computes what it needs from the
 * inputs again. Both methods are called within a {@link Scratch}; the plan copies results out of
 * it.
 */
interface Rule {

  /** The op's result, {@code (batch, dimensions...)}; it may share memory with an input. */
  INDArray forward(Site site);

  /**
   * The gradient of each input, in the inputs' order and shapes, from {@code gradient}, the
   * gradient of the result. Gradients of the parameters are written to the site.
   */
  List<INDArray> backward(Site site, INDArray gradient);
}
