package org.convoy.kernels.nd4j;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The mean over a channel's positions. Each position gets an equal share of the gradient. */
record GlobalAveragePoolRule() implements Rule {

  @Override
  public INDArray forward(Site site) {
    return byPosition(site.input(0)).mean(2);
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    INDArray inputGradient = site.input(0).like();
    INDArray positions = byPosition(inputGradient);
    positions.addi(
        gradient.div(positions.size(2)).reshape('c', gradient.size(0), gradient.size(1), 1));
    return List.of(inputGradient);
  }

  /** {@code (batch, channels, spatial...)} as {@code (batch, channels, positions)}, a view. */
  private static INDArray byPosition(INDArray tensor) {
    long rows = tensor.size(0) * tensor.size(1);
    return tensor.reshape('c', tensor.size(0), tensor.size(1), tensor.length() / rows);
  }
}
