package org.convoy.kernels.nd4j;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What an op computes and what its gradients are. Stateless: backward computes again what it needs
 * from the inputs. Both are called within a {@link Scratch}; results that live in it are copied out
 * by the plan.
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
