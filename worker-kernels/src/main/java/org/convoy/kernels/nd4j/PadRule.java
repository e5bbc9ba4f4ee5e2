package org.convoy.kernels.nd4j;

import java.util.List;
import org.convoy.graph.Pad;
import org.convoy.graph.Window;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Zeros in the new positions, the input in the others: the same padding as for a window of one tap.
 */
record PadRule(Pad op) implements Rule {

  @Override
  public INDArray forward(Site site) {
    return taps(site).pad(site.input(0), 0);
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    return List.of(taps(site).interior(gradient));
  }

  private Taps taps(Site site) {
    Window window = Window.square(1).forRank(op.before().size()).padding(op.before(), op.after());
    return new Taps(window, site.input(0), site.output());
  }
}
