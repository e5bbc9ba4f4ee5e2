package org.convoy.models;

import java.util.List;
import java.util.Locale;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * Residual networks for CIFAR-10: He et al. 2015, "Deep Residual Learning for Image Recognition"
 * (arXiv 1512.03385), section 4.2. With n blocks per stage a network is 6n + 2 layers deep.
 * Shortcuts have no parameters (option A). Those of depth 8 and 14 are not in the paper.
 */
final class CifarResNet {
  private static final String SOURCE = "He et al. 2015, table 6";

  //    depth  top-1
  static final List<Model> MODELS =
      List.of(
          model(8),
          model(14),
          model(20).published(91.25, SOURCE),
          model(32).published(92.49, SOURCE),
          model(44).published(92.83, SOURCE),
          model(56).published(93.03, SOURCE),
          model(110).published(93.57, SOURCE),
          model(1202).published(92.07, SOURCE));

  private CifarResNet() {}

  private static Model model(int depth) {
    return Model.cifar10("resnet" + depth, (in, k) -> build(depth, in, k));
  }

  private static Graph build(int depth, Shape input, int classes) {
    Value x = Value.input(input).conv("conv1", 16, 3).norm("bn1").relu();
    for (int stage = 0; stage < 3; stage++) {
      int width = 16 << stage;
      for (int block = 0; block < (depth - 2) / 6; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        x =
            x.within(
                String.format(Locale.ROOT, "layer%d.%d", stage + 1, block),
                v -> block(v, width, stride));
      }
    }
    return x.globalAveragePool().linear("fc", classes).graph("resnet" + depth);
  }

  private static Value block(Value x, int width, int stride) {
    Value y = x.conv("conv1", width, 3, stride).norm("bn1").relu();
    y = y.conv("conv2", width, 3).norm("bn2");
    return y.add(shortcut(x, width, stride)).relu();
  }

  /** Takes every second position and appends channels of zeros up to the new width. */
  private static Value shortcut(Value x, int width, int stride) {
    if (stride == 1 && x.channels() == width) {
      return x;
    }
    return x.averagePool(1, stride, 0).padChannels(0, width - x.channels());
  }
}
