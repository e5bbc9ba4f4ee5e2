package org.convoy.kernels.nd4j;

import java.util.List;
import org.convoy.graph.Pool;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Max;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The maximum of each window; its gradient goes to the first tap, in C order, that holds it.
 * Padding is never the maximum.
 */
record MaxPoolRule(Pool op) implements Rule {

  @Override
  public INDArray forward(Site site) {
    Taps taps = new Taps(op.window(), site.input(0), site.output());
    INDArray padded = taps.pad(site.input(0), Double.NEGATIVE_INFINITY);
    INDArray best = site.output().ulike().assign(Double.NEGATIVE_INFINITY);
    INDArray x = best.ulike();
    for (int tap = 0; tap < taps.count(); tap++) {
      x.assign(taps.under(padded, tap));
      Nd4j.exec(new Max(best, x, best));
    }
    return best;
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    Taps taps = new Taps(op.window(), site.input(0), site.output());
    INDArray padded = taps.pad(site.input(0), Double.NEGATIVE_INFINITY);
    INDArray paddedGradient = padded.like();
    INDArray open = Nd4j.onesLike(gradient);
    INDArray x = gradient.ulike();
    INDArray taken = gradient.ulike();
    for (int tap = 0; tap < taps.count(); tap++) {
      x.assign(taps.under(padded, tap));
      taken.assign(x.eq(site.output())).muli(open);
      open.subi(taken);
      taps.under(paddedGradient, tap).addi(taken.muli(gradient));
    }
    return List.of(taps.interior(paddedGradient));
  }
}
