package org.convoy.kernels.nd4j;

import java.util.List;
import org.convoy.graph.Resize;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Multiplies one spatial dimension after the other by its matrix of interpolation weights. Backward
 * multiplies by the transposed matrices.
 */
record ResizeRule(Resize op) implements Rule {

  @Override
  public INDArray forward(Site site) {
    INDArray y = site.input(0);
    for (int i = 2; i < y.rank(); i++) {
      y = multiply(y, i, matrix(site, i).transpose());
    }
    return y;
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    INDArray dx = gradient;
    for (int i = 2; i < dx.rank(); i++) {
      dx = multiply(dx, i, matrix(site, i));
    }
    return List.of(dx);
  }

  private INDArray matrix(Site site, int dimension) {
    int in = (int) site.input(0).size(dimension);
    int out = (int) site.output().size(dimension);
    return Nd4j.createFromArray(op.weights(in, out))
        .castTo(site.output().dataType())
        .reshape('c', out, in);
  }

  /** Multiplies the vectors along one dimension, as rows, by a matrix. */
  private static INDArray multiply(INDArray tensor, int dimension, INDArray matrix) {
    INDArray last = tensor.swapAxes(dimension, tensor.rank() - 1);
    long[] shape = last.shape().clone();
    INDArray rows = last.dup('c').reshape('c', tensor.length() / matrix.size(0), matrix.size(0));
    shape[shape.length - 1] = matrix.size(1);
    return Matrices.product(rows, matrix.dup('c'))
        .reshape('c', shape)
        .swapAxes(dimension, tensor.rank() - 1);
  }
}
