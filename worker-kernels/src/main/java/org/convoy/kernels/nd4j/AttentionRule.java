package org.convoy.kernels.nd4j;

import java.util.List;
import org.convoy.graph.Attention;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * For each sample and head, with matrices of a column per position: {@code y = v p}, {@code p =
 * softmax(s k^T q)} over the rows, s the scale. Backward: {@code dv = dy p^T}, {@code dp = v^T dy},
 * {@code da = s p (dp - sum(dp p))}, {@code dq = k da}, {@code dk = q da^T}.
 */
record AttentionRule(Attention op) implements Rule {

  @Override
  public INDArray forward(Site site) {
    INDArray queries = site.input(0);
    INDArray values = site.input(2);
    long[] shape = {queries.size(0), values.size(1), queries.size(2)};
    INDArray result = Nd4j.createUninitialized(queries.dataType(), shape, 'c');
    for (long sample = 0; sample < shape[0]; sample++) {
      for (int head = 0; head < op.heads(); head++) {
        INDArray p = weights(site, sample, head);
        Matrices.multiply(part(values, sample, head), p, part(result, sample, head), 0);
      }
    }
    return result;
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    INDArray outputGradient = gradient.dup('c');
    INDArray queries = site.input(0).ulike();
    INDArray keys = site.input(1).ulike();
    INDArray values = site.input(2).ulike();
    for (long sample = 0; sample < gradient.size(0); sample++) {
      for (int head = 0; head < op.heads(); head++) {
        INDArray q = part(site.input(0), sample, head);
        INDArray k = part(site.input(1), sample, head);
        INDArray dy = part(outputGradient, sample, head);
        INDArray p = weights(site, sample, head);
        INDArray dp = Matrices.product(transposed(part(site.input(2), sample, head)), dy);
        INDArray da = dp.sub(dp.mul(p).sum(true, 0)).muli(p).muli(scale(site));
        Matrices.multiply(dy, transposed(p), part(values, sample, head), 0);
        Matrices.multiply(k, da, part(queries, sample, head), 0);
        Matrices.multiply(q, transposed(da), part(keys, sample, head), 0);
      }
    }
    return List.of(queries, keys, values);
  }

  /** The attention of each query (a column) to each key (a row). */
  private INDArray weights(Site site, long sample, int head) {
    INDArray keys = transposed(part(site.input(1), sample, head));
    INDArray a = Matrices.product(keys, part(site.input(0), sample, head)).muli(scale(site));
    INDArray exponents = Transforms.exp(a.sub(a.max(true, 0)), false);
    return exponents.divi(exponents.sum(true, 0));
  }

  private double scale(Site site) {
    return 1 / Math.sqrt((double) site.input(0).size(1) / op.heads());
  }

  private static INDArray transposed(INDArray matrix) {
    return matrix.transpose().dup('c');
  }

  /** The channels of one head in one sample of a tensor in C order, a view. */
  private INDArray part(INDArray tensor, long sample, int head) {
    long positions = tensor.size(2);
    long channels = tensor.size(1) / op.heads();
    long from = (sample * op.heads() + head) * channels * positions;
    return Matrices.view(tensor, from, new long[] {channels, positions}, new long[] {positions, 1});
  }
}
