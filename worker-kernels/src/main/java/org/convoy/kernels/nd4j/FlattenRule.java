package org.convoy.kernels.nd4j;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The same elements in the same order under another shape. */
record FlattenRule() implements Rule {

  @Override
  public INDArray forward(Site site) {
    return site.input(0).reshape('c', site.output().shape());
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    return List.of(gradient.reshape('c', site.input(0).shape()));
  }
}
