package org.convoy.kernels.nd4j;

import java.util.List;
import org.convoy.graph.GroupNorm;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * {@code y = scale z + shift, z = (x - mean) / root}, {@code root = sqrt(variance + epsilon)},
 * where the biased moments are those of a sample's group. They depend on x, so with {@code dz =
 * scale dy}, {@code dx = (dz - avg(dz) - z avg(dz z)) / root}.
 */
record GroupNormRule(GroupNorm op) implements Rule {

  /** Columns with one row per sample and group. */
  private record Moments(INDArray mean, INDArray root) {
    static Moments of(INDArray x, double epsilon) {
      INDArray mean = Matrices.column(x.mean(1));
      INDArray centred = x.sub(mean);
      INDArray variance = Matrices.column(centred.muli(centred).mean(1));
      return new Moments(mean, Transforms.sqrt(variance.addi(epsilon), false));
    }

    INDArray normalise(INDArray x) {
      return x.sub(mean).divi(root);
    }
  }

  @Override
  public INDArray forward(Site site) {
    INDArray x = groups(site.input(0));
    INDArray z = Moments.of(x, op.epsilon()).normalise(x).reshape('c', site.output().shape());
    if (!op.affine()) {
      return z;
    }
    INDArray y = Matrices.of(z).muli(column(site, 0)).addi(column(site, 1));
    return Matrices.tensor(y, site.output().shape());
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    long[] shape = gradient.shape();
    INDArray x = groups(site.input(0));
    Moments moments = Moments.of(x, op.epsilon());
    INDArray z = moments.normalise(x);
    INDArray dz = groups(gradient);
    if (op.affine()) {
      INDArray dy = Matrices.of(gradient);
      site.gradient(0).assign(Matrices.of(z.reshape('c', shape)).muli(dy).sum(1));
      site.gradient(1).assign(dy.sum(1));
      dz = groups(Matrices.tensor(dy.muli(column(site, 0)), shape));
    }
    INDArray dx = dz.sub(Matrices.column(dz.mean(1)));
    dx.subi(z.mul(Matrices.column(dz.mul(z).mean(1)))).divi(moments.root());
    return List.of(dx.reshape('c', shape));
  }

  /** A matrix with one row per sample and group. */
  private INDArray groups(INDArray tensor) {
    long rows = tensor.size(0) * op.groups();
    return tensor.dup('c').reshape('c', rows, tensor.length() / rows);
  }

  private static INDArray column(Site site, int index) {
    return Matrices.column(site.parameter(index));
  }
}
