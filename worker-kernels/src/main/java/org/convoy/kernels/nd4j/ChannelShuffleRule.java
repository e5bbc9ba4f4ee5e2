package org.convoy.kernels.nd4j;

import java.util.List;
import org.convoy.graph.ChannelShuffle;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Transposes the channels as a matrix; backward transposes back. */
record ChannelShuffleRule(ChannelShuffle op) implements Rule {

  @Override
  public INDArray forward(Site site) {
    return transpose(site.input(0), op.groups());
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    return List.of(transpose(gradient, gradient.size(1) / op.groups()));
  }

  /** Moves channels from C order over {@code rows} rows to F order. */
  private static INDArray transpose(INDArray tensor, long rows) {
    long columns = tensor.size(1) / rows;
    long positions = tensor.length() / tensor.size(0) / tensor.size(1);
    return tensor
        .reshape('c', tensor.size(0), rows, columns, positions)
        .permute(0, 2, 1, 3)
        .dup('c')
        .reshape('c', tensor.shape());
  }
}
