package org.convoy.kernels.nd4j;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code y = a + b}, {@code da = db = dy}. */
record AddRule() implements Rule {

  @Override
  public INDArray forward(Site site) {
    return site.input(0).add(site.input(1));
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    return List.of(gradient, gradient);
  }
}
