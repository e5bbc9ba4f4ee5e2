package org.convoy.models;

import static org.convoy.models.ResidualNetwork.Stem.DEEP_WITHOUT_POOL;
import static org.convoy.models.ResidualNetwork.bottlenecks;

import java.util.List;
import org.convoy.models.Models.Model;

/**
 * ResNet-RS: Bello et al. 2021, "Revisiting ResNets: Improved Training and Scaling Strategies"
 * (arXiv 2103.07579): ResNet-D with squeeze and excitation of a quarter, and a convolution instead
 * of the max pool. Depths and resolutions are those of table 7. These are timm's variants, without
 * stochastic depth: the recipe states it.
 */
final class ResNetRS {
  //                 image  blocks of stage 1   2   3  4   top-1
  static final List<Model> MODELS =
      List.of(
          model("resnetrs50", 160, bottlenecks(3, 4, 6, 3), 78.8),
          model("resnetrs101", 192, bottlenecks(3, 4, 23, 3), 81.2),
          model("resnetrs152", 256, bottlenecks(3, 8, 36, 3), 83.0),
          model("resnetrs200", 256, bottlenecks(3, 24, 36, 3), 83.4),
          model("resnetrs270", 256, bottlenecks(4, 29, 53, 4), 83.8),
          model("resnetrs350", 288, bottlenecks(4, 36, 72, 4), 84.0),
          model("resnetrs420", 320, bottlenecks(4, 44, 87, 4), 84.4));

  private ResNetRS() {}

  private static Model model(String name, int side, ResidualNetwork network, double top1) {
    ResidualNetwork changed = network.squeeze(0.25).stem(DEEP_WITHOUT_POOL).poolingShortcuts();
    return changed.model(name, side).published(top1, "Bello et al. 2021, table 7");
  }
}
