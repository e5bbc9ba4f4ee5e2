package org.convoy.kernels.nd4j;

import java.util.List;
import org.convoy.graph.PadChannels;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Zeros in the new channels, the input in the others. */
record PadChannelsRule(PadChannels op) implements Rule {

  @Override
  public INDArray forward(Site site) {
    INDArray y = site.output().like();
    inner(site, y).assign(site.input(0));
    return y;
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    return List.of(inner(site, gradient));
  }

  private INDArray inner(Site site, INDArray padded) {
    long end = op.before() + site.input(0).size(1);
    return padded.get(NDArrayIndex.all(), NDArrayIndex.interval(op.before(), end));
  }
}
