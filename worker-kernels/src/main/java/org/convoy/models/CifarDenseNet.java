package org.convoy.models;

import java.util.List;
import java.util.Locale;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * Densely connected networks for CIFAR-10: Huang et al. 2017, "Densely Connected Convolutional
 * Networks" (arXiv 1608.06993), section 4: three blocks, with bottlenecks and a compression of one
 * half (DenseNet-BC). The name states the depth and the growth; accuracies are those of table 2.
 * That of depth 40 is not in the paper. Tensors have the names of torchvision's DenseNet.
 */
final class CifarDenseNet {
  private static final String SOURCE = "Huang et al. 2017, table 2";

  //         depth  growth
  static final List<Model> MODELS =
      List.of(
          model(40, 12),
          model(100, 12).published(95.49, SOURCE),
          model(190, 40).published(96.54, SOURCE),
          model(250, 24).published(96.38, SOURCE));

  private CifarDenseNet() {}

  private static Model model(int depth, int growth) {
    String name = String.format(Locale.ROOT, "densenet_bc_%d_%d", depth, growth);
    return Model.cifar10(name, (in, k) -> build(name, (depth - 4) / 6, growth, in, k));
  }

  private static Graph build(String name, int layers, int growth, Shape input, int classes) {
    Value x = Value.input(input).within("features", v -> features(v, layers, growth));
    return x.globalAveragePool().linear("classifier", DenseNet.classifier(x, classes)).graph(name);
  }

  private static Value features(Value x, int layers, int growth) {
    x = x.conv("conv0", DenseNet.conv(2 * growth, 3));
    for (int block = 1; block <= 3; block++) {
      x = DenseNet.block(x, block, layers, growth);
      x = block < 3 ? x.within("transition" + block, DenseNet::transition) : x;
    }
    return x.norm("norm3").relu();
  }
}
