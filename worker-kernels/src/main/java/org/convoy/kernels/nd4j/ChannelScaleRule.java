package org.convoy.kernels.nd4j;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code y = s x}, {@code dx = s dy}, {@code ds = x dy} summed over batch and positions. */
record ChannelScaleRule() implements Rule {

  @Override
  public INDArray forward(Site site) {
    return site.input(0).mul(factors(site.parameter(0)));
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    INDArray product = gradient.mul(site.input(0));
    factors(site.gradient(0)).assign(MultiplyRule.sumLike(factors(site.parameter(0)), product));
    return List.of(gradient.mul(factors(site.parameter(0))));
  }

  /** {@code (1, channels, 1, ...)}, a view. */
  private static INDArray factors(INDArray scale) {
    long[] shape = new long[scale.rank() + 1];
    Arrays.fill(shape, 1);
    shape[1] = scale.length();
    return scale.reshape('c', shape);
  }
}
