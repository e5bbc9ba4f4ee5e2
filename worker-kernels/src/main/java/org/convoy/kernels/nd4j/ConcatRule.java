package org.convoy.kernels.nd4j;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Puts each input into its range of channels. Its gradient is that range of the result's gradient.
 */
record ConcatRule() implements Rule {

  @Override
  public INDArray forward(Site site) {
    INDArray y = site.output().like();
    List<INDArray> ranges = ranges(site, y);
    for (int i = 0; i < ranges.size(); i++) {
      ranges.get(i).assign(site.input(i));
    }
    return y;
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    return ranges(site, gradient);
  }

  /** The range of each input, a view. */
  private static List<INDArray> ranges(Site site, INDArray whole) {
    List<INDArray> ranges = new ArrayList<>();
    long from = 0;
    for (INDArray input : site.inputs()) {
      long to = from + input.size(1);
      ranges.add(whole.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to)));
      from = to;
    }
    return ranges;
  }
}
