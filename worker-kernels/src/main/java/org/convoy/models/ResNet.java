package org.convoy.models;

import java.util.List;
import java.util.Locale;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * Residual networks for ImageNet: He et al. 2015, "Deep Residual Learning for Image Recognition",
 * table 1.
 *
 * <p>These are torchvision's variants (v1.5): a bottleneck that halves the image does so in its 3x3
 * convolution, not in its first 1x1 convolution.
 */
final class ResNet {
  private static final Shape IMAGE = Shape.of(3, 224, 224);

  //                                                                  blocks of stage 1  2   3  4
  static final List<Model> MODELS =
      List.of(
          new Model(
              "resnet18", IMAGE, 1000, (in, k) -> build("resnet18", false, in, k, 2, 2, 2, 2)),
          new Model(
              "resnet34", IMAGE, 1000, (in, k) -> build("resnet34", false, in, k, 3, 4, 6, 3)),
          new Model("resnet50", IMAGE, 1000, (in, k) -> build("resnet50", true, in, k, 3, 4, 6, 3)),
          new Model(
              "resnet101", IMAGE, 1000, (in, k) -> build("resnet101", true, in, k, 3, 4, 23, 3)),
          new Model(
              "resnet152", IMAGE, 1000, (in, k) -> build("resnet152", true, in, k, 3, 8, 36, 3)));

  private ResNet() {}

  private static Graph build(
      String name, boolean bottleneck, Shape input, int classes, int... stages) {
    Value x = Value.input(input).conv("conv1", Convolution.of(64, 7).stride(2));
    x = x.norm("bn1").relu().maxPool(3, 2, 1);
    for (int stage = 0; stage < stages.length; stage++) {
      int width = 64 << stage;
      for (int block = 0; block < stages[stage]; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        x =
            x.within(
                String.format(Locale.ROOT, "layer%d.%d", stage + 1, block),
                v -> bottleneck ? bottleneck(v, width, stride) : basic(v, width, stride));
      }
    }
    return x.globalAveragePool().linear("fc", classes).graph(name);
  }

  private static Value basic(Value x, int width, int stride) {
    Value y = x.conv("conv1", width, 3, stride).norm("bn1").relu();
    y = y.conv("conv2", width, 3).norm("bn2");
    return y.add(project(x, width, stride)).relu();
  }

  private static Value bottleneck(Value x, int width, int stride) {
    Value y = x.conv("conv1", width, 1).norm("bn1").relu();
    y = y.conv("conv2", width, 3, stride).norm("bn2").relu();
    y = y.conv("conv3", 4 * width, 1).norm("bn3");
    return y.add(project(x, 4 * width, stride)).relu();
  }

  /**
   * The shortcut: the block's input where shapes agree, else a strided 1x1 convolution (option B).
   */
  private static Value project(Value x, int channels, int stride) {
    if (stride == 1 && x.channels() == channels) {
      return x;
    }
    return x.conv("downsample.0", channels, 1, stride).norm("downsample.1");
  }
}
