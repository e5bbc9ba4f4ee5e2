package org.convoy.kernels.nd4j;

import java.util.Arrays;
import java.util.List;
import org.convoy.graph.TransposedConvolution;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A sum over the kernel's taps: {@code y_t += W_t' x}, where W_t is the weight's matrix at tap t
 * and y_t the part under that tap of the result including the padding that is cut off. So {@code dx
 * = sum_t W_t dy_t} and {@code dW_t = x dy_t'}. With groups, each block of rows has its own matrix.
 */
record TransposedConvolutionRule(TransposedConvolution op) implements Rule {

  @Override
  public INDArray forward(Site site) {
    INDArray x = Matrices.of(site.input(0));
    // The window slides over the result; the input has one position per window.
    Taps taps = taps(site);
    INDArray padded = taps.pad(Matrices.channelsFirst(site.output()), 0).assign(0);
    INDArray weights = byTap(site.parameter(0)).dup('c');
    INDArray y = matrix(op.outChannels(), x);
    for (int tap = 0; tap < taps.count(); tap++) {
      INDArray weight = weights.slice(tap);
      for (int g = 0; g < op.groups(); g++) {
        Matrices.multiply(group(weight, g).transpose(), group(x, g), group(y, g), 0);
      }
      INDArray under = taps.under(padded, tap);
      under.addi(y.reshape('c', under.shape()));
    }
    INDArray result = Matrices.channelsFirst(taps.interior(padded));
    return op.bias() ? result.add(perChannel(site.parameter(1), result)) : result;
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    INDArray x = Matrices.of(site.input(0));
    Taps taps = taps(site);
    INDArray padded = taps.pad(Matrices.channelsFirst(gradient), 0);
    INDArray weights = byTap(site.parameter(0)).dup('c');
    INDArray weightGradients = weights.ulike();
    INDArray dy = matrix(op.outChannels(), x);
    INDArray dx = x.like();
    for (int tap = 0; tap < taps.count(); tap++) {
      INDArray under = taps.under(padded, tap);
      dy.reshape('c', under.shape()).assign(under);
      INDArray weight = weights.slice(tap);
      INDArray dw = weightGradients.slice(tap);
      for (int g = 0; g < op.groups(); g++) {
        Matrices.multiply(group(x, g), group(dy, g).transpose(), group(dw, g), 0);
        Matrices.multiply(group(weight, g), group(dy, g), group(dx, g), 1);
      }
    }
    byTap(site.gradient(0)).assign(weightGradients);
    if (op.bias()) {
      site.gradient(1).assign(Matrices.of(gradient).sum(1));
    }
    return List.of(Matrices.tensor(dx, site.input(0).shape()));
  }

  private Taps taps(Site site) {
    return new Taps(op.window(), site.output(), site.input(0));
  }

  /** A matrix with a column for each column of another, uninitialised. */
  private static INDArray matrix(long channels, INDArray like) {
    return Nd4j.createUninitialized(like.dataType(), new long[] {channels, like.size(1)}, 'c');
  }

  /** {@code (inChannels, outChannels / groups, kernel...)} with the taps in front, a view. */
  private INDArray byTap(INDArray weight) {
    return weight.reshape('c', weight.size(0), weight.size(1), op.window().taps()).permute(2, 0, 1);
  }

  private INDArray group(INDArray matrix, int g) {
    long rows = matrix.size(0) / op.groups();
    return Matrices.rows(matrix, g * rows, (g + 1) * rows);
  }

  /**
   * A vector in a shape that can be added at every position of {@code (batch, channels,
   * spatial...)}.
   */
  private static INDArray perChannel(INDArray vector, INDArray like) {
    long[] shape = new long[like.rank()];
    Arrays.fill(shape, 1);
    shape[1] = vector.length();
    return vector.reshape('c', shape);
  }
}
