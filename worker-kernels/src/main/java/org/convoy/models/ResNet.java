package org.convoy.models;

import static org.convoy.models.ResidualNetwork.basic;
import static org.convoy.models.ResidualNetwork.bottlenecks;

import java.util.List;
import org.convoy.models.Models.Model;

/**
 * Residual networks for ImageNet: He et al. 2015, "Deep Residual Learning for Image Recognition"
 * (arXiv 1512.03385), table 1.
 *
 * <p>These are torchvision's variants (v1.5): a bottleneck that halves the image does so in its 3x3
 * convolution, not in its first 1x1 convolution.
 */
final class ResNet {
  //                                          blocks of stage 1  2   3  4   top-1
  static final List<Model> MODELS =
      List.of(
          model("resnet18", basic(2, 2, 2, 2), 69.758),
          model("resnet34", basic(3, 4, 6, 3), 73.314),
          model("resnet50", bottlenecks(3, 4, 6, 3), 76.130),
          model("resnet101", bottlenecks(3, 4, 23, 3), 77.374),
          model("resnet152", bottlenecks(3, 8, 36, 3), 78.312));

  private ResNet() {}

  private static Model model(String name, ResidualNetwork network, double top1) {
    return network.model(name, 224).published(top1, Published.TORCHVISION);
  }
}
