package org.convoy.kernels.nd4j;

import java.util.List;
import org.convoy.graph.PRelu;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * {@code y = max(x, 0) + slope min(x, 0)}; {@code dslope = sum dy min(x, 0)}, over all channels if
 * they share it. Zero counts as below zero.
 */
record PReluRule(PRelu op) implements Rule {

  @Override
  public INDArray forward(Site site) {
    INDArray x = Matrices.of(site.input(0));
    INDArray y = Transforms.max(x, 0).addi(Transforms.min(x, 0).muli(slopes(site)));
    return Matrices.tensor(y, site.output().shape());
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    INDArray x = Matrices.of(site.input(0));
    INDArray dy = Matrices.of(gradient);
    INDArray share = Transforms.min(x, 0).muli(dy).sum(1);
    site.gradient(0).assign(op.perChannel() ? share : share.sum());
    INDArray above = x.gt(0).castTo(x.dataType());
    INDArray dx = dy.mul(above.rsub(1)).muli(slopes(site)).addi(dy.mul(above));
    return List.of(Matrices.tensor(dx, site.input(0).shape()));
  }

  private static INDArray slopes(Site site) {
    return Matrices.column(site.parameter(0));
  }
}
