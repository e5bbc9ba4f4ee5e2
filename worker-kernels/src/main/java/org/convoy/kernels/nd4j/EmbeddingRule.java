package org.convoy.kernels.nd4j;

import java.util.List;
import org.convoy.graph.Embedding;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code y[c, p] = x[c, p] + e[p, c]} at the first positions; {@code dx = dy}, {@code de} is dy
 * there, summed over the batch.
 */
record EmbeddingRule(Embedding op) implements Rule {

  @Override
  public INDArray forward(Site site) {
    INDArray y = site.input(0).dup('c');
    INDArray vectors = site.parameter(0).reshape('c', op.positions(), y.size(1)).transpose();
    for (long sample = 0; sample < y.size(0); sample++) {
      first(y, sample).addi(vectors.dup('c'));
    }
    return y;
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    INDArray outputGradient = gradient.dup('c');
    INDArray sum = first(outputGradient, 0).dup('c');
    for (long sample = 1; sample < gradient.size(0); sample++) {
      sum.addi(first(outputGradient, sample));
    }
    site.gradient(0).assign(sum.transpose().dup('c').reshape('c', site.parameter(0).shape()));
    return List.of(gradient);
  }

  /** The first positions of one sample of a tensor in C order, a view. */
  private INDArray first(INDArray tensor, long sample) {
    long channels = tensor.size(1);
    long positions = tensor.size(2);
    return Matrices.view(
        tensor,
        sample * channels * positions,
        new long[] {channels, op.positions()},
        new long[] {positions, 1});
  }
}
