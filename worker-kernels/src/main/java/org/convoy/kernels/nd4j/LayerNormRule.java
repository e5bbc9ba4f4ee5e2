package org.convoy.kernels.nd4j;

import java.util.List;
import org.convoy.graph.LayerNorm;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * {@code y = scale z + shift, z = (x - mean) / root}, {@code root = sqrt(variance + epsilon)}, in a
 * matrix with one column for each set of values that are normalised together.
 *
 * <p>The moments depend on x, so with {@code dz = scale dy}, {@code dx = (dz - avg(dz) - z avg(dz
 * z)) / root}, where averages are over each column.
 */
record LayerNormRule(LayerNorm op) implements Rule {
  private static final int SCALE = 0;
  private static final int SHIFT = 1;

  @Override
  public INDArray forward(Site site) {
    INDArray x = matrix(site.input(0));
    INDArray y = centred(x).divi(root(x));
    y.muli(column(site, SCALE)).addi(column(site, SHIFT));
    return tensor(y, site.output().shape());
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    INDArray x = matrix(site.input(0));
    INDArray root = root(x);
    INDArray z = centred(x).divi(root);
    INDArray dy = matrix(gradient);
    INDArray scaleGradient = site.gradient(SCALE);
    scaleGradient.assign(dy.mul(z).sum(1).reshape('c', scaleGradient.shape()));
    INDArray shiftGradient = site.gradient(SHIFT);
    shiftGradient.assign(dy.sum(1).reshape('c', shiftGradient.shape()));

    INDArray dz = dy.mul(column(site, SCALE));
    INDArray dx = dz.sub(average(dz));
    dx.subi(z.mul(average(dz.mul(z)))).divi(root);
    return List.of(tensor(dx, site.input(0).shape()));
  }

  private INDArray root(INDArray x) {
    INDArray centred = centred(x);
    return Transforms.sqrt(average(centred.muli(centred)).addi(op.epsilon()), false);
  }

  private static INDArray centred(INDArray x) {
    return x.sub(average(x));
  }

  /** The average of each column, as a row. */
  private static INDArray average(INDArray matrix) {
    return matrix.mean(0).reshape('c', 1, matrix.size(1));
  }

  /** {@code (channels, batch * positions)}, or {@code (elements, batch)} for whole samples. */
  private INDArray matrix(INDArray tensor) {
    if (op.over() == LayerNorm.Over.CHANNELS) {
      return Matrices.of(tensor);
    }
    long batch = tensor.size(0);
    return tensor.dup('c').reshape('c', batch, tensor.length() / batch).transpose().dup('c');
  }

  /** The inverse of {@link #matrix}. */
  private INDArray tensor(INDArray matrix, long... shape) {
    return op.over() == LayerNorm.Over.CHANNELS
        ? Matrices.tensor(matrix, shape)
        : matrix.transpose().dup('c').reshape('c', shape);
  }

  private static INDArray column(Site site, int index) {
    return Matrices.column(site.parameter(index));
  }
}
