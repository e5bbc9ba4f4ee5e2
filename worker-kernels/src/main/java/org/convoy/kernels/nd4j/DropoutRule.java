package org.convoy.kernels.nd4j;

import java.nio.FloatBuffer;
import java.util.List;
import org.convoy.graph.Dropout;
import org.convoy.kernels.DropoutMask;
import org.convoy.kernels.Mode;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@code y = m x}, {@code dx = m dy} with the {@link DropoutMask} m; {@code y = x} without one. */
record DropoutRule(Dropout op) implements Rule {

  @Override
  public INDArray forward(Site site) {
    return masked(site, site.input(0));
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    return List.of(masked(site, gradient));
  }

  private INDArray masked(Site site, INDArray x) {
    if (site.mode() == Mode.INFERENCE || op.probability() == 0) {
      return x;
    }
    DropoutMask mask = new DropoutMask(op, site.name(), x.shape());
    float[] factors = new float[mask.length()];
    mask.draw(site.drawKey().getAsLong(), FloatBuffer.wrap(factors));
    return Nd4j.create(factors, mask.shape(), 'c').castTo(x.dataType()).mul(x);
  }
}
