package org.convoy.kernels.nd4j;

import java.util.List;
import org.convoy.graph.Convolution;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Cross-correlation as a sum over the kernel's taps: {@code y = sum_t W_t x_t}, where W_t is the
 * weight's matrix at tap t and x_t the part of the padded input under that tap. So {@code dW_t = dy
 * x_t'} and {@code dx_t = W_t' dy}, added where taps overlap. With groups, each block of rows has
 * its own matrix.
 */
record ConvolutionRule(Convolution op) implements Rule {

  @Override
  public INDArray forward(Site site) {
    Taps taps = taps(site);
    INDArray padded = taps.pad(Matrices.channelsFirst(site.input(0)), 0);
    INDArray weights = byTap(site.parameter(0)).dup('c');
    INDArray y = matrix(op.outChannels(), site).assign(0);
    INDArray x = matrix(padded.size(0), site);
    for (int tap = 0; tap < taps.count(); tap++) {
      assign(x, taps.under(padded, tap));
      INDArray weight = weights.slice(tap);
      if (depthwise(weight)) {
        y.addi(x.muli(weight));
      } else {
        for (int g = 0; g < op.groups(); g++) {
          Matrices.multiply(group(weight, g), group(x, g), group(y, g), 1);
        }
      }
    }
    if (op.bias()) {
      y.addi(Matrices.column(site.parameter(1)));
    }
    return Matrices.tensor(y, site.output().shape());
  }

  @Override
  public List<INDArray> backward(Site site, INDArray gradient) {
    Taps taps = taps(site);
    INDArray padded = taps.pad(Matrices.channelsFirst(site.input(0)), 0);
    INDArray paddedGradient = padded.like();
    INDArray weights = byTap(site.parameter(0)).dup('c');
    INDArray weightGradients = weights.ulike();
    INDArray dy = Matrices.of(gradient);
    INDArray x = matrix(padded.size(0), site);
    INDArray dx = x.ulike();
    for (int tap = 0; tap < taps.count(); tap++) {
      assign(x, taps.under(padded, tap));
      INDArray weight = weights.slice(tap);
      INDArray dw = weightGradients.slice(tap);
      if (depthwise(weight)) {
        dw.assign(Matrices.column(x.muli(dy).sum(1)));
        dx.assign(dy).muli(weight);
      } else {
        for (int g = 0; g < op.groups(); g++) {
          Matrices.multiply(group(dy, g), group(x, g).transpose(), group(dw, g), 0);
          Matrices.multiply(group(weight, g).transpose(), group(dy, g), group(dx, g), 0);
        }
      }
      INDArray under = taps.under(paddedGradient, tap);
      under.addi(dx.reshape('c', under.shape()));
    }
    byTap(site.gradient(0)).assign(weightGradients);
    if (op.bias()) {
      site.gradient(1).assign(dy.sum(1));
    }
    return List.of(Matrices.channelsFirst(taps.interior(paddedGradient)));
  }

  private Taps taps(Site site) {
    return new Taps(op.window(), site.input(0), site.output());
  }

  /** A matrix with a column for each position of the output, uninitialised. */
  private static INDArray matrix(long channels, Site site) {
    INDArray output = site.output();
    long columns = output.length() / output.size(1);
    return Nd4j.createUninitialized(output.dataType(), new long[] {channels, columns}, 'c');
  }

  /** Copies {@code (channels, batch, spatial...)} into a matrix of as many elements. */
  private static void assign(INDArray matrix, INDArray tensor) {
    matrix.reshape('c', tensor.shape()).assign(tensor);
  }

  /** {@code (outChannels, inChannels / groups, kernel...)} with the taps in front, a view. */
  private INDArray byTap(INDArray weight) {
    return weight.reshape('c', weight.size(0), weight.size(1), op.window().taps()).permute(2, 0, 1);
  }

  private INDArray group(INDArray matrix, int g) {
    long rows = matrix.size(0) / op.groups();
    return Matrices.rows(matrix, g * rows, (g + 1) * rows);
  }

  /**
   * One input and one output channel per group: products of one-element matrices, computed
   * together.
   */
  private boolean depthwise(INDArray weight) {
    return weight.size(1) == 1 && op.groups() == op.outChannels();
  }
}
