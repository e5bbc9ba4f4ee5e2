package org.convoy.kernels.nd4j;

import java.util.List;
import org.convoy.graph.RelativeAttention;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * For each sample and head, with matrices of a column per position: {@code y = v p}, {@code p =
 * softmax(s k^T q)} over the rows, s the scale. Backward: {@code dv = dy p^T}, {@code dp = v^T dy},
 * {@code da = p (dp - sum(dp p))}, {@code dq = s k da}, {@code dk = s q da^T}.
 *
 * <p>Attention with relative positions adds a number of its table to each score {@code a}; the
 * gradient of that number is the sum of {@code da} over all pairs of its relative position.
 *
 * @param relative whether there is such a table
 */
record AttentionRule(int heads, boolean relative) implements Rule {

  @Override
  public INDArray forward(Site site) {
    INDArray queries = site.input(0);
    INDArray values = site.input(2);
    long[] shape = queries.shape().clone();
    shape[1] = values.size(1);
    INDArray result = Nd4j.createUninitialized(queries.dataType(), shape, 'c');
    for (long sample = 0; sample < shape[0]; sample++) {
      for (int head = 0; head < heads; head++) {
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
    List<Integer> rows = relative ? rows(site) : List.of();
    double[] table = new double[relative ? (int) site.parameter(0).length() : 0];
    for (long sample = 0; sample < gradient.size(0); sample++) {
      for (int head = 0; head < heads; head++) {
        INDArray q = part(site.input(0), sample, head);
        INDArray k = part(site.input(1), sample, head);
        INDArray dy = part(outputGradient, sample, head);
        INDArray p = weights(site, sample, head);
        INDArray dp = Matrices.product(transposed(part(site.input(2), sample, head)), dy);
        INDArray da = dp.sub(dp.mul(p).sum(true, 0)).muli(p);
        if (relative) {
          addByPlace(da, rows, table, head);
        }
        da.muli(scale(site));
        Matrices.multiply(dy, transposed(p), part(values, sample, head), 0);
        Matrices.multiply(k, da, part(queries, sample, head), 0);
        Matrices.multiply(q, transposed(da), part(keys, sample, head), 0);
      }
    }
    if (relative) {
      INDArray sums = Nd4j.createFromArray(table).castTo(gradient.dataType());
      site.gradient(0).assign(sums.reshape(site.parameter(0).shape()));
    }
    return List.of(queries, keys, values);
  }

  /** The attention of each query (a column) to each key (a row). */
  private INDArray weights(Site site, long sample, int head) {
    INDArray keys = transposed(part(site.input(1), sample, head));
    INDArray a = Matrices.product(keys, part(site.input(0), sample, head)).muli(scale(site));
    if (relative) {
      a.addi(addends(site, head));
    }
    INDArray exponents = Transforms.exp(a.sub(a.max(true, 0)), false);
    return exponents.divi(exponents.sum(true, 0));
  }

  /** The table's number for each key (a row) and query (a column). */
  private INDArray addends(Site site, int head) {
    double[] table = site.parameter(0).dup('c').data().asDouble();
    long positions = positions(site.input(0));
    double[] addends = rows(site).stream().mapToDouble(row -> table[row * heads + head]).toArray();
    return Nd4j.createFromArray(addends)
        .castTo(site.input(0).dataType())
        .reshape('c', positions, positions);
  }

  /** Adds each score's gradient to the gradient of its number in the table. */
  private void addByPlace(INDArray scores, List<Integer> rows, double[] table, int head) {
    double[] each = scores.dup('c').data().asDouble();
    for (int i = 0; i < each.length; i++) {
      table[rows.get(i) * heads + head] += each[i];
    }
  }

  private static List<Integer> rows(Site site) {
    INDArray image = site.input(0);
    return RelativeAttention.rows(List.of((int) image.size(2), (int) image.size(3)));
  }

  private static long positions(INDArray tensor) {
    return tensor.length() / tensor.size(0) / tensor.size(1);
  }

  private double scale(Site site) {
    return 1 / Math.sqrt((double) site.input(0).size(1) / heads);
  }

  private static INDArray transposed(INDArray matrix) {
    return matrix.transpose().dup('c');
  }

  /** The channels of one head in one sample of a tensor in C order, a view. */
  private INDArray part(INDArray tensor, long sample, int head) {
    long positions = positions(tensor);
    long channels = tensor.size(1) / heads;
    long from = (sample * heads + head) * channels * positions;
    return Matrices.view(tensor, from, new long[] {channels, positions}, new long[] {positions, 1});
  }
}
