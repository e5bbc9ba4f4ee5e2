package org.convoy.kernels.nd4j;

import java.util.List;
import org.convoy.graph.Linear;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code y = W x + b} at every position; {@code dW = dy x'}, {@code db = sum dy}, {@code dx = W'
 * dy}.
 */
record LinearRule(Linear op) implements Rule {

  @Override
  public INDArray forward(Site site) {
    INDArray y = Matrices.product(site.parameter(0), Matrices.of(site.input(0)));
    if (op.bias()) {
      y.addi(Matrices.column(site.parameter(1)));
    }
    return Matrices.tensor(y, site.output().shape());
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    INDArray dy = Matrices.of(gradient);
    INDArray x = Matrices.of(site.input(0));
    Matrices.multiply(dy, x.transpose(), site.gradient(0), 0);
    if (op.bias()) {
      site.gradient(1).assign(dy.sum(1));
    }
    INDArray dx = Matrices.product(site.parameter(0).transpose(), dy);
    return List.of(Matrices.tensor(dx, site.input(0).shape()));
  }
}
