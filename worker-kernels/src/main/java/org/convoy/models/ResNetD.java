package org.convoy.models;

import static org.convoy.models.ResidualNetwork.Stem.DEEP;
import static org.convoy.models.ResidualNetwork.basic;
import static org.convoy.models.ResidualNetwork.bottlenecks;

import java.util.List;
import org.convoy.models.Models.Model;

/**
 * ResNet-D: He et al. 2019, "Bag of Tricks for Image Classification with Convolutional Neural
 * Networks" (arXiv 1812.01187), figure 2: the stem is three 3x3 convolutions, and shortcuts halve
 * the image by an average pool. These are timm's variants.
 */
final class ResNetD {
  //                              blocks of stage 1  2   3  4
  static final List<Model> MODELS =
      List.of(
          model("resnet18d", basic(2, 2, 2, 2)),
          model("resnet34d", basic(3, 4, 6, 3)),
          model("resnet50d", bottlenecks(3, 4, 6, 3)).published(77.16, "He et al. 2019, table 5"),
          model("resnet101d", bottlenecks(3, 4, 23, 3)),
          model("resnet152d", bottlenecks(3, 8, 36, 3)),
          model("resnet200d", bottlenecks(3, 24, 36, 3)));

  private ResNetD() {}

  private static Model model(String name, ResidualNetwork network) {
    return network.stem(DEEP).poolingShortcuts().model(name, 224);
  }
}
