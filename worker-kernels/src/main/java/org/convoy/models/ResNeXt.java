package org.convoy.models;

import static org.convoy.models.ResidualNetwork.bottlenecks;

import java.util.List;
import org.convoy.models.Models.Model;

/**
 * Residual networks with convolutions in groups: Xie et al. 2017, "Aggregated Residual
 * Transformations for Deep Neural Networks" (arXiv 1611.05431), table 1. The name says groups x
 * channels of a group in the first stage. These are torchvision's variants.
 */
final class ResNeXt {
  //                                     blocks of stage 1  2   3  4   groups  width  top-1
  static final List<Model> MODELS =
      List.of(
          model("resnext50_32x4d", bottlenecks(3, 4, 6, 3).groups(32, 4), 77.618),
          model("resnext101_32x8d", bottlenecks(3, 4, 23, 3).groups(32, 8), 79.312),
          model("resnext101_64x4d", bottlenecks(3, 4, 23, 3).groups(64, 4), 83.246));

  private ResNeXt() {}

  private static Model model(String name, ResidualNetwork network, double top1) {
    return network.model(name, 224).published(top1, Published.TORCHVISION);
  }
}
