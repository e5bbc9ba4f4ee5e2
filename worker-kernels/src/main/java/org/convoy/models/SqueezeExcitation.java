package org.convoy.models;

import static org.convoy.models.ResidualNetwork.bottlenecks;

import java.util.List;
import org.convoy.models.Models.Model;

/**
 * Residual networks with squeeze and excitation: Hu et al. 2018, "Squeeze-and-Excitation Networks"
 * (arXiv 1709.01507), table 1, with a reduction of 16. Accuracies are those of table 2.
 *
 * <p>These are timm's variants (v1.5, as torchvision's ResNet). Here the last norm of a block
 * starts at one and the biases of the excitation at zero; in timm the norm starts at zero and the
 * biases are uniform.
 */
final class SqueezeExcitation {
  //                                    blocks of stage 1  2   3  4   groups  width   top-1
  static final List<Model> MODELS =
      List.of(
          model("seresnet50", bottlenecks(3, 4, 6, 3), 76.71),
          model("seresnet101", bottlenecks(3, 4, 23, 3), 77.62),
          model("seresnet152", bottlenecks(3, 8, 36, 3), 78.43),
          model("seresnext50_32x4d", bottlenecks(3, 4, 6, 3).groups(32, 4), 78.90),
          model("seresnext101_32x4d", bottlenecks(3, 4, 23, 3).groups(32, 4), 79.30));

  private SqueezeExcitation() {}

  private static Model model(String name, ResidualNetwork network, double top1) {
    return network.squeeze(1.0 / 16).model(name, 224).published(top1, "Hu et al. 2018, table 2");
  }
}
