package org.convoy.kernels.nd4j;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.convoy.graph.AdaptiveAveragePool;
import org.convoy.kernels.AdaptiveBins;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@code y = x B}, {@code dx = dy B^T}, where B holds the bins and each row is a channel's map. */
record AdaptiveAveragePoolRule(AdaptiveAveragePool op) implements Rule {

  @Override
  public INDArray forward(Site site) {
    INDArray bins = bins(site.input(0));
    INDArray x = site.input(0).reshape('c', -1, bins.size(0));
    return Matrices.product(x, bins).reshape('c', site.output().shape());
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    INDArray bins = bins(site.input(0));
    INDArray rows = gradient.reshape('c', -1, bins.size(1));
    return List.of(
        Matrices.product(rows, bins.transpose().dup('c')).reshape('c', site.input(0).shape()));
  }

  private INDArray bins(INDArray x) {
    List<Integer> in = Arrays.stream(x.shape()).skip(2).mapToObj(Math::toIntExact).toList();
    AdaptiveBins bins = new AdaptiveBins(in, op.output());
    int columns = bins.columns();
    double[] shares =
        IntStream.range(0, bins.rows() * columns)
            .mapToDouble(i -> bins.share(i / columns, i % columns))
            .toArray();
    return Nd4j.createFromArray(shares).castTo(x.dataType()).reshape('c', bins.rows(), columns);
  }
}
