package org.convoy.kernels.nd4j;

import java.util.List;
import org.convoy.graph.LocalResponseNorm;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * {@code y = x d^-beta, d = k + alpha / size * around(x^2)}, where {@code around} sums each
 * channel's window. Windows are symmetric: if a channel is in another's window, the other is in its
 * window. So {@code dx = dy d^-beta - 2 alpha beta / size * x around(dy x d^(-beta - 1))}.
 */
record LocalResponseNormRule(LocalResponseNorm op) implements Rule {

  @Override
  public INDArray forward(Site site) {
    INDArray x = Matrices.of(site.input(0));
    return Matrices.tensor(power(divisor(x), -op.beta()).muli(x), site.output().shape());
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    INDArray x = Matrices.of(site.input(0));
    INDArray dy = Matrices.of(gradient);
    INDArray divisor = divisor(x);
    INDArray others = around(power(divisor, -op.beta() - 1).muli(x).muli(dy)).muli(x);
    INDArray dx = power(divisor, -op.beta()).muli(dy);
    dx.subi(others.muli(2 * op.alpha() * op.beta() / op.size()));
    return List.of(Matrices.tensor(dx, site.input(0).shape()));
  }

  private INDArray divisor(INDArray x) {
    return around(x.mul(x)).muli(op.alpha() / op.size()).addi(op.k());
  }

  private static INDArray power(INDArray base, double exponent) {
    return Transforms.pow(base, exponent, true);
  }

  /** The sum of each row and its neighbours, the same number before and after it. */
  private INDArray around(INDArray matrix) {
    long rows = matrix.size(0);
    INDArray sum = Nd4j.zeros(matrix.dataType(), matrix.shape());
    for (long shift = -(op.size() / 2); shift <= op.size() / 2; shift++) {
      long from = Math.max(0, -shift);
      long to = Math.min(rows, rows - shift);
      if (from < to) {
        Matrices.rows(sum, from, to).addi(Matrices.rows(matrix, from + shift, to + shift));
      }
    }
    return sum;
  }
}
