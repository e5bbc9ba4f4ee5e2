package org.convoy.kernels.nd4j;

import java.util.List;
import org.convoy.graph.GlobalResponseNorm;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * {@code y = scale x n + shift + x, n = g / (m + epsilon)}, where g is a channel's norm over its
 * positions and m the mean of g over the sample's channels. With {@code dn = scale sum(dy x)},
 *
 * <p>{@code dg = dn / (m + epsilon) - avg(dn n) / (m + epsilon)} and {@code dx = dy (scale n + 1) +
 * x dg / g}, where the last term is zero if g is zero.
 */
record GlobalResponseNormRule(GlobalResponseNorm op) implements Rule {

  /**
   * A tensor's norms, in rows of samples and columns of channels.
   *
   * @param divisor the mean norm plus epsilon, a column
   */
  private record Norms(INDArray norm, INDArray divisor) {
    static Norms of(INDArray x, double epsilon) {
      INDArray norm = Transforms.sqrt(x.mul(x).sum(2), false);
      return new Norms(norm, Matrices.column(norm.mean(1)).addi(epsilon));
    }

    INDArray relative() {
      return norm.div(divisor);
    }
  }

  @Override
  public INDArray forward(Site site) {
    INDArray x = byPosition(site.input(0));
    INDArray relative = Norms.of(x, op.epsilon()).relative();
    INDArray y = x.mul(spread(relative.muli(row(site.parameter(0))).addi(1)));
    return y.addi(spread(row(site.parameter(1)))).reshape('c', site.output().shape());
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    INDArray x = byPosition(site.input(0));
    INDArray dy = byPosition(gradient);
    Norms norms = Norms.of(x, op.epsilon());
    INDArray relative = norms.relative();
    INDArray product = dy.mul(x).sum(2);
    site.gradient(0).assign(product.mul(relative).sum(0));
    site.gradient(1).assign(dy.sum(0, 2));

    INDArray scale = row(site.parameter(0));
    INDArray dn = product.mul(scale);
    INDArray dg = dn.sub(Matrices.column(dn.mul(relative).mean(1))).divi(norms.divisor());
    INDArray zero = norms.norm().eq(0).castTo(x.dataType());
    dg.divi(norms.norm().add(zero)).muli(zero.rsub(1));
    INDArray dx = dy.mul(spread(relative.mul(scale).addi(1))).addi(x.mul(spread(dg)));
    return List.of(dx.reshape('c', site.input(0).shape()));
  }

  /** {@code (batch, channels, spatial...)} as {@code (batch, channels, positions)}. */
  private static INDArray byPosition(INDArray tensor) {
    long rows = tensor.size(0) * tensor.size(1);
    return tensor.dup('c').reshape('c', tensor.size(0), tensor.size(1), tensor.length() / rows);
  }

  private static INDArray row(INDArray vector) {
    return vector.reshape('c', 1, vector.length());
  }

  /** Repeats one number per row and column over all positions. */
  private static INDArray spread(INDArray matrix) {
    return matrix.reshape('c', matrix.size(0), matrix.size(1), 1);
  }
}
