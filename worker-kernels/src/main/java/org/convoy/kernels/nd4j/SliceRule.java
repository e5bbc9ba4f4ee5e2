package org.convoy.kernels.nd4j;

import java.util.Arrays;
import java.util.List;
import org.convoy.graph.Slice;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Copies the range of the input. The input's gradient is zero outside the range. */
record SliceRule(Slice op) implements Rule {

  @Override
  public INDArray forward(Site site) {
    return range(site.input(0), site);
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    INDArray inputGradient = site.input(0).like();
    range(inputGradient, site).assign(gradient);
    return List.of(inputGradient);
  }

  private INDArray range(INDArray tensor, Site site) {
    INDArrayIndex[] indices = new INDArrayIndex[tensor.rank()];
    Arrays.fill(indices, NDArrayIndex.all());
    indices[op.dimension() + 1] = NDArrayIndex.interval(op.from(), op.to());
    return tensor.get(indices).reshape('c', site.output().shape());
  }
}
