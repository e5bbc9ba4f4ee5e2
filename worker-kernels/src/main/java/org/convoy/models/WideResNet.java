package org.convoy.models;

import java.util.List;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * Wide residual networks: Zagoruyko and Komodakis 2016, "Wide Residual Networks" (arXiv
 * 1605.07146), table 1. WRN-n-k has n layers, and stages k times as wide as a CIFAR ResNet's; the
 * accuracy is that of table 5, without dropout. Those for ImageNet are torchvision's: the inner
 * convolution of a bottleneck is twice as wide.
 */
final class WideResNet {
  static final List<Model> MODELS =
      List.of(
          imagenet("wide_resnet50_2", 78.468, 3, 4, 6, 3),
          imagenet("wide_resnet101_2", 78.848, 3, 4, 23, 3),
          //                    n   k
          cifar("wide_resnet16_4", 16, 4),
          cifar("wide_resnet40_2", 40, 2),
          cifar("wide_resnet28_10", 28, 10)
              .published(96.00, "Zagoruyko and Komodakis 2016, table 5"));

  private WideResNet() {}

  private static Model imagenet(String name, double top1, int... stages) {
    ResidualNetwork network = ResidualNetwork.bottlenecks(stages).groups(1, 128);
    return network.model(name, 224).published(top1, Published.TORCHVISION);
  }

  private static Model cifar(String name, int depth, int widening) {
    return Model.cifar10(name, (in, k) -> build(name, depth, widening, in, k));
  }

  private static Graph build(String name, int depth, int widening, Shape input, int classes) {
    Value x = Value.input(input).conv("conv1", 16, 3);
    for (int stage = 0; stage < 3; stage++) {
      int width = 16 * widening << stage;
      for (int block = 0; block < (depth - 4) / 6; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        x =
            x.within(
                "layer" + (stage + 1) + "." + block, v -> PreActivation.basic(v, width, stride));
      }
    }
    return x.norm("bn1").relu().globalAveragePool().linear("fc", classes).graph(name);
  }
}
