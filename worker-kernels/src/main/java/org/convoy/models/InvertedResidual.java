package org.convoy.models;

import org.convoy.graph.Activate;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Convolution;
import org.convoy.graph.Dropout;
import org.convoy.graph.Value;

/**
 * The inverted residual block (Sandler et al. 2018, figure 4b) with squeeze and excitation (Howard
 * et al. 2019, figure 4): a 1x1 convolution that expands, a depthwise convolution, the excitation
 * and a linear 1x1 convolution. The input is added where shapes agree. Tensor names are those of
 * torchvision's MobileNetV3 and EfficientNet.
 *
 * @param expanded channels of the depthwise convolution; as many as the input has for no expansion
 * @param channels of the result
 * @param squeeze channels of the squeezed vector, 0 for no squeeze and excitation
 * @param style what all blocks of a network share
 */
record InvertedResidual(
    int kernel, int expanded, int channels, int squeeze, Function act, int stride, Style style) {

  /**
   * @param squeezed the function between the two layers of the excitation
   * @param gate the function after them
   */
  record Style(BatchNorm norm, Function squeezed, Function gate) {

    /** Convolution, norm and activation: the form of the network's first and last layers. */
    Value conv(Value x, String name, Convolution convolution, Function act) {
      return x.within(name, v -> v.conv("0", convolution).norm("1", norm).activate(act));
    }
  }

  /**
   * @param drop probability that a sample skips the branch in training (stochastic depth)
   */
  Value apply(Value x, double drop) {
    Value y = branch(x);
    if (stride > 1 || x.channels() != channels) {
      return y;
    }
    return (drop > 0 ? y.apply("stochastic_depth", Dropout.sample(drop)) : y).add(x);
  }

  private Value branch(Value x) {
    Value y = x;
    int layer = 0;
    if (expanded != x.channels()) {
      y = style.conv(y, "block." + layer++, Convolution.of(expanded, 1), act);
    }
    Convolution depthwise = Convolution.of(expanded, kernel).stride(stride).groups(expanded);
    y = style.conv(y, "block." + layer++, depthwise, act);
    if (squeeze > 0) {
      y = y.within("block." + layer++, v -> v.multiply(excitation(v)));
    }
    return y.within("block." + layer, v -> v.conv("0", channels, 1).norm("1", style.norm));
  }

  private Value excitation(Value x) {
    Value y = x.adaptiveAveragePool(1).conv("fc1", Convolution.of(squeeze, 1).withBias());
    y = y.apply("activation", Activate.of(style.squeezed));
    y = y.conv("fc2", Convolution.of(x.channels(), 1).withBias());
    return y.apply("scale_activation", Activate.of(style.gate));
  }

  /** The nearest multiple of 8 that is at least 8 and at least 9/10 of the width. */
  static int divisible(double width) {
    return divisible(width, 8);
  }

  /** The nearest multiple of the divisor that is not 0 and at least 9/10 of the width. */
  static int divisible(double width, int divisor) {
    int rounded = Math.max(divisor, (int) (width + divisor / 2.0) / divisor * divisor);
    return rounded < 0.9 * width ? rounded + divisor : rounded;
  }
}
