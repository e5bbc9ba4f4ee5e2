package org.convoy.kernels.nd4j;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * {@code y = exp(x - max) / sum exp(x - max)} over each column of a matrix with one row per
 * channel; {@code dx = y (dy - sum(dy y))}.
 */
record SoftmaxRule() implements Rule {

  @Override
  public INDArray forward(Site site) {
    INDArray x = Matrices.of(site.input(0));
    INDArray y = Transforms.exp(x.sub(x.max(true, 0)), false);
    return Matrices.tensor(y.divi(y.sum(true, 0)), site.output().shape());
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    INDArray y = Matrices.of(site.output());
    INDArray dy = Matrices.of(gradient);
    INDArray dx = dy.sub(dy.mul(y).sum(true, 0)).muli(y);
    return List.of(Matrices.tensor(dx, site.input(0).shape()));
  }
}
