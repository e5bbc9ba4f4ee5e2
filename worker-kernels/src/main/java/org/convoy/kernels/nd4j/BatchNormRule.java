package org.convoy.kernels.nd4j;

import java.util.List;
import org.convoy.graph.Activate;
import org.convoy.graph.BatchNorm;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * {@code y = scale z + shift, z = (x - mean) / root}, {@code root = sqrt(variance + epsilon)}, In
 * training the biased moments are those of the channel's row. In inference and for a frozen norm
 * they are the running ones. The fused form then adds and activates.
 *
 * <p>The row's moments depend on x, so {@code dx = scale / root (dy - avg(dy) - z avg(dy z))}.
 * Running moments do not, so {@code dx = scale / root dy}.
 */
record BatchNormRule(BatchNorm op) implements Rule {
  private static final int SCALE = 0;
  private static final int SHIFT = 1;
  private static final int MEAN = 2;
  private static final int VARIANCE = 3;

  /** A channel's moments, each a column. */
  private record Moments(INDArray mean, INDArray variance) {
    static Moments of(INDArray x) {
      INDArray mean = Matrices.column(x.mean(1));
      INDArray centred = x.sub(mean);
      return new Moments(mean, Matrices.column(centred.muli(centred).mean(1)));
    }
  }

  @Override
  public INDArray forward(Site site) {
    INDArray x = Matrices.of(site.input(0));
    Moments moments = moments(site, x);
    INDArray sum = sum(site, normalise(x, moments));
    INDArray result = op.activation().map(function -> rule(function).value(sum)).orElse(sum);
    return Matrices.tensor(result, site.output().shape());
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    INDArray x = Matrices.of(site.input(0));
    Moments moments = moments(site, x);
    INDArray z = normalise(x, moments);
    INDArray dy = Matrices.of(gradient);
    op.activation().ifPresent(function -> dy.muli(rule(function).derivative(sum(site, z.dup()))));
    INDArray dx = dy;
    if (site.batchMoments()) {
      site.gradient(SCALE).assign(dy.mul(z).sum(1));
      site.gradient(SHIFT).assign(dy.sum(1));
      writeMoments(site, moments);
      dx = dy.sub(Matrices.column(dy.mean(1)));
      dx.subi(z.mul(Matrices.column(dy.mul(z).mean(1))));
    }
    dx = dx.mul(column(site, SCALE).div(root(moments)));
    INDArray first = Matrices.tensor(dx, site.input(0).shape());
    return site.inputs().size() == 1
        ? List.of(first)
        : List.of(first, Matrices.tensor(dy, site.input(1).shape()));
  }

  private static Moments moments(Site site, INDArray x) {
    return site.batchMoments()
        ? Moments.of(x)
        : new Moments(column(site, MEAN), column(site, VARIANCE));
  }

  /**
   * The moments from which {@link org.convoy.kernels.RunningStatistics} computes running
   * statistics.
   */
  private static void writeMoments(Site site, Moments moments) {
    INDArray moved = moments.mean().sub(column(site, MEAN));
    site.gradient(MEAN).assign(moved.reshape(moved.length()));
    INDArray second = moments.variance().add(moved.mul(moved));
    site.gradient(VARIANCE).assign(second.reshape(second.length()));
  }

  /** The input of the activation; written over z. */
  private static INDArray sum(Site site, INDArray z) {
    INDArray y = z.muli(column(site, SCALE)).addi(column(site, SHIFT));
    return site.inputs().size() == 2 ? y.addi(Matrices.of(site.input(1))) : y;
  }

  private static ActivateRule rule(Activate.Function function) {
    return new ActivateRule(Activate.of(function));
  }

  private INDArray normalise(INDArray x, Moments moments) {
    return x.sub(moments.mean()).divi(root(moments));
  }

  private INDArray root(Moments moments) {
    return Transforms.sqrt(moments.variance().add(op.epsilon()), false);
  }

  private static INDArray column(Site site, int index) {
    return Matrices.column(site.parameter(index));
  }
}
