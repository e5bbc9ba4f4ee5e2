package org.convoy.kernels.nd4j;

import java.util.List;
import org.convoy.graph.MatrixProduct;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code Y = A B}, {@code dA = dY B'}, {@code dB = A' dY}, sample by sample. */
record MatrixProductRule(MatrixProduct op) implements Rule {

  @Override
  public INDArray forward(Site site) {
    INDArray y = site.output().ulike();
    for (long n = 0; n < y.size(0); n++) {
      sample(y, n).assign(Matrices.product(left(site.input(0), n), right(site.input(1), n)));
    }
    return y;
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    INDArray da = site.input(0).ulike();
    INDArray db = site.input(1).ulike();
    for (long n = 0; n < gradient.size(0); n++) {
      INDArray dy = sample(gradient, n);
      left(da, n).assign(Matrices.product(dy, right(site.input(1), n).transpose()));
      right(db, n).assign(Matrices.product(left(site.input(0), n).transpose(), dy));
    }
    return List.of(da, db);
  }

  private INDArray left(INDArray input, long n) {
    INDArray matrix = sample(input, n);
    return op.transposeLeft() ? matrix.transpose() : matrix;
  }

  private INDArray right(INDArray input, long n) {
    INDArray matrix = sample(input, n);
    return op.transposeRight() ? matrix.transpose() : matrix;
  }

  /** A sample as a matrix with one row per channel, a view. */
  private static INDArray sample(INDArray tensor, long n) {
    long size = tensor.length() / tensor.size(0);
    long columns = size / tensor.size(1);
    long[] shape = {tensor.size(1), columns};
    return Matrices.view(tensor, n * size, shape, new long[] {columns, 1});
  }
}
