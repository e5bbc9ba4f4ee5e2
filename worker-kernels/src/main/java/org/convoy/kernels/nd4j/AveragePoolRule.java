package org.convoy.kernels.nd4j;

import java.util.List;
import org.convoy.graph.Pool;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The sum of each window, with padding as zeros, divided by the number of its taps that count. */
record AveragePoolRule(Pool op) implements Rule {

  @Override
  public INDArray forward(Site site) {
    Taps taps = new Taps(op.window(), site.input(0), site.output());
    INDArray padded = taps.pad(site.input(0), 0);
    INDArray sum = site.output().like();
    for (int tap = 0; tap < taps.count(); tap++) {
      sum.addi(taps.under(padded, tap));
    }
    return sum.divi(taps.counted(sum, op.countPadding()));
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    Taps taps = new Taps(op.window(), site.input(0), site.output());
    INDArray share = gradient.div(taps.counted(gradient, op.countPadding()));
    INDArray paddedGradient = taps.pad(site.input(0), 0).assign(0);
    for (int tap = 0; tap < taps.count(); tap++) {
      taps.under(paddedGradient, tap).addi(share);
    }
    return List.of(taps.interior(paddedGradient));
  }
}
