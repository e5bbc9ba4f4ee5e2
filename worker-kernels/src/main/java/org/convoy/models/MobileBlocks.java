package org.convoy.models;

import org.convoy.graph.Activate.Function;
import org.convoy.graph.Convolution;
import org.convoy.graph.Dropout;
import org.convoy.graph.Initializer;
import org.convoy.graph.Linear;
import org.convoy.graph.Value;

/**
 * Blocks of mobile networks with the tensor names and the initial weights of timm's {@code
 * EfficientNet} and {@code MobileNetV3}. The same blocks with torchvision's names are {@link
 * InvertedResidual}.
 */
final class MobileBlocks {
  private MobileBlocks() {}

  /** A convolution, a norm and an activation. */
  static Value conv(Value x, String conv, String norm, Convolution convolution, Function act) {
    return linearConv(x, conv, norm, convolution).activate(act);
  }

  /** A convolution and a norm. */
  static Value linearConv(Value x, String conv, String norm, Convolution convolution) {
    return x.conv(conv, started(convolution)).norm(norm);
  }

  /** With weights that start normal; their fan counts the outputs in one group. */
  static Convolution started(Convolution convolution) {
    int taps = convolution.window().forRank(2).taps();
    double fan = (double) taps * convolution.outChannels() / convolution.groups();
    return convolution.initializer(new Initializer.Normal(Math.sqrt(2 / fan)));
  }

  static Linear classifier(int classes) {
    return Linear.of(classes).initializer(new Initializer.Uniform(1 / Math.sqrt(classes)));
  }

  private static Convolution depthwise(Value x, int kernel, int stride) {
    return Convolution.of(x.channels(), kernel).stride(stride).groups(x.channels());
  }

  /** A depthwise convolution and a 1x1 convolution, each with an activation (MobileNet V1). */
  static Value separable(Value x, int stride, int channels, Function act) {
    Value y = conv(x, "conv_dw", "bn1", depthwise(x, 3, stride), act);
    return conv(y, "conv_pw", "bn2", Convolution.of(channels, 1), act);
  }

  /** An inverted residual block; without expansion it begins with the depthwise convolution. */
  static Value inverted(
      Value x, int kernel, int stride, int expansion, int channels, Function act, double drop) {
    Value y = x;
    if (expansion == 1) {
      y = conv(y, "conv_dw", "bn1", depthwise(y, kernel, stride), act);
      y = linearConv(y, "conv_pw", "bn2", Convolution.of(channels, 1));
    } else {
      y = conv(y, "conv_pw", "bn1", Convolution.of(expansion * x.channels(), 1), act);
      y = conv(y, "conv_dw", "bn2", depthwise(y, kernel, stride), act);
      y = linearConv(y, "conv_pwl", "bn3", Convolution.of(channels, 1));
    }
    return shortcut(x, drop > 0 ? y.apply("drop_path", Dropout.sample(drop)) : y, stride);
  }

  /** An inverted residual block whose expansion and depthwise convolution are one convolution. */
  static Value fused(Value x, int kernel, int stride, int expansion, int channels, Function act) {
    Convolution expand = Convolution.of(expansion * x.channels(), kernel).stride(stride);
    Value y = conv(x, "conv_exp", "bn1", expand, act);
    return shortcut(x, linearConv(y, "conv_pwl", "bn2", Convolution.of(channels, 1)), stride);
  }

  /**
   * The universal inverted bottleneck (Qin et al. 2024, figure 4).
   *
   * @param start kernel of the depthwise convolution before the expansion, 0 for none
   * @param middle kernel of the one after it, 0 for none; it takes the stride if there is one
   */
  static Value universal(
      Value x, int start, int middle, int stride, int expansion, int channels, Function act) {
    Value y = x;
    if (start > 0) {
      Convolution first = depthwise(y, start, middle > 0 ? 1 : stride);
      y = linearConv(y, "dw_start.conv", "dw_start.bn", first);
    }
    int inner = InvertedResidual.divisible(expansion * x.channels());
    y = conv(y, "pw_exp.conv", "pw_exp.bn", Convolution.of(inner, 1), act);
    if (middle > 0) {
      y = conv(y, "dw_mid.conv", "dw_mid.bn", depthwise(y, middle, stride), act);
    }
    Convolution last = Convolution.of(channels, 1);
    return shortcut(x, linearConv(y, "pw_proj.conv", "pw_proj.bn", last), stride);
  }

  private static Value shortcut(Value x, Value y, int stride) {
    return stride == 1 && x.channels() == y.channels() ? y.add(x) : y;
  }
}
