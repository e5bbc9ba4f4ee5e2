package org.convoy.models;

import java.util.List;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * Residual networks as Keras's applications have them. {@code resnet50} and on are those of He et
 * al. 2015 (arXiv 1512.03385), table 1: a bottleneck that halves the image does so in its first 1x1
 * convolution. Keras's convolutions have biases there, which the norms behind them make useless:
 * they are left out. {@code resnet50v2} and on are those of He et al. 2016 (arXiv 1603.05027), with
 * norm and activation before each convolution; the last block of a stage halves the image. Layers
 * have Keras's names.
 */
final class KerasResNet {
  private static final BatchNorm NORM = new BatchNorm(1.001e-5, 0.01);

  //                                             blocks of stage 1  2   3  4
  static final List<Model> MODELS =
      List.of(
          model("keras_resnet50", 3, 4, 6, 3),
          model("keras_resnet101", 3, 4, 23, 3),
          model("keras_resnet152", 3, 8, 36, 3),
          second("keras_resnet50v2", 3, 4, 6, 3),
          second("keras_resnet101v2", 3, 4, 23, 3),
          second("keras_resnet152v2", 3, 8, 36, 3));

  private KerasResNet() {}

  private static Model model(String name, int... stages) {
    return Model.imagenet(name, 224, (in, k) -> build(name, in, k, stages));
  }

  private static Model second(String name, int... stages) {
    return Model.imagenet(name, 224, (in, k) -> buildSecond(name, in, k, stages))
        .preprocessed(Preprocessing.INCEPTION);
  }

  private static Graph build(String name, Shape input, int classes, int... stages) {
    Value x = Value.input(input).conv("conv1_conv", Convolution.of(64, 7).stride(2));
    x = x.norm("conv1_bn", NORM).relu().maxPool(3, 2, 1);
    for (int stage = 0; stage < stages.length; stage++) {
      for (int block = 0; block < stages[stage]; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        x = bottleneck(x, block(stage, block), 64 << stage, stride);
      }
    }
    return x.globalAveragePool().linear("predictions", classes).graph(name);
  }

  private static String block(int stage, int block) {
    return "conv" + (stage + 2) + "_block" + (block + 1);
  }

  private static Value bottleneck(Value x, String name, int width, int stride) {
    Value y = x.conv(name + "_1_conv", width, 1, stride).norm(name + "_1_bn", NORM).relu();
    y = y.conv(name + "_2_conv", width, 3).norm(name + "_2_bn", NORM).relu();
    y = y.conv(name + "_3_conv", 4 * width, 1).norm(name + "_3_bn", NORM);
    boolean same = stride == 1 && x.channels() == 4 * width;
    return (same ? x : x.conv(name + "_0_conv", 4 * width, 1, stride).norm(name + "_0_bn", NORM))
        .add(y)
        .relu();
  }

  private static Graph buildSecond(String name, Shape input, int classes, int... stages) {
    Value x = Value.input(input).conv("conv1_conv", Convolution.of(64, 7).stride(2).withBias());
    // Zeros around the image count here, for no activation comes before.
    x = x.pad(List.of(1, 1), List.of(1, 1)).maxPool(3, 2, 0);
    for (int stage = 0; stage < stages.length; stage++) {
      for (int block = 0; block < stages[stage]; block++) {
        boolean halves = stage < stages.length - 1 && block == stages[stage] - 1;
        x = preActivated(x, block(stage, block), 64 << stage, block == 0, halves ? 2 : 1);
      }
    }
    x = x.norm("post_bn", NORM).relu();
    return x.globalAveragePool().linear("predictions", classes).graph(name);
  }

  private static Value preActivated(Value x, String name, int width, boolean first, int stride) {
    Value start = x.norm(name + "_preact_bn", NORM).relu();
    Value y = start.conv(name + "_1_conv", width, 1).norm(name + "_1_bn", NORM).relu();
    y = y.conv(name + "_2_conv", width, 3, stride).norm(name + "_2_bn", NORM).relu();
    Convolution widening = Convolution.of(4 * width, 1).withBias();
    y = y.conv(name + "_3_conv", widening);
    if (first) {
      return start.conv(name + "_0_conv", widening.stride(stride)).add(y);
    }
    return (stride > 1 ? x.maxPool(1, stride, 0) : x).add(y);
  }
}
