package org.convoy.kernels.nd4j;

import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code y = a b}, {@code da = dy b}, and {@code db = dy a} summed over all elements that share a
 * factor.
 */
record MultiplyRule() implements Rule {

  @Override
  public INDArray forward(Site site) {
    return site.input(0).mul(site.input(1));
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    return List.of(
        gradient.mul(site.input(1)), sumLike(site.input(1), gradient.mul(site.input(0))));
  }

  /** The sum over every dimension that is 1 in {@code like}. */
  static INDArray sumLike(INDArray like, INDArray product) {
    int[] shared =
        IntStream.range(0, like.rank())
            .filter(i -> like.size(i) == 1 && product.size(i) > 1)
            .toArray();
    return shared.length == 0 ? product : product.sum(true, shared);
  }
}
