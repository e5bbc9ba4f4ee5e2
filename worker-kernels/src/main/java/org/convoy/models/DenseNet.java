package org.convoy.models;

import java.util.List;
import java.util.Locale;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Initializer.Fan;
import org.convoy.graph.Linear;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * Densely connected networks: Huang et al. 2017, "Densely Connected Convolutional Networks", table
 * 1, the variants with bottlenecks and compression (DenseNet-BC): each layer reads the results of
 * all earlier layers of its block.
 *
 * <p>These are torchvision's variants: the first block reads 2k channels, which the first
 * convolution writes; every later block reads the channels that the transition before it has
 * halved.
 */
final class DenseNet {
  //                    top-1  growth k  layers of block 1   2   3   4
  static final List<Model> MODELS =
      List.of(
          model("densenet121", 74.434, 32, 6, 12, 24, 16),
          model("densenet161", 77.138, 48, 6, 12, 36, 24),
          model("densenet169", 75.600, 32, 6, 12, 32, 32),
          model("densenet201", 76.896, 32, 6, 12, 48, 32));

  private DenseNet() {}

  private static Model model(String name, double top1, int growth, int... layers) {
    return Model.imagenet(name, 224, (in, k) -> build(name, growth, layers, in, k))
        .published(top1, Published.TORCHVISION);
  }

  private static Graph build(String name, int growth, int[] layers, Shape input, int classes) {
    Value x = Value.input(input).within("features", v -> features(v, growth, layers));
    x = x.globalAveragePool();
    return x.linear("classifier", classifier(x, classes)).graph(name);
  }

  static Linear classifier(Value x, int classes) {
    return Linear.of(classes).initializer(new Initializer.Uniform(1 / Math.sqrt(x.channels())));
  }

  private static Value features(Value x, int growth, int[] layers) {
    x = x.conv("conv0", conv(2 * growth, 7).stride(2)).norm("norm0").relu().maxPool(3, 2, 1);
    for (int block = 1; block <= layers.length; block++) {
      x = block(x, block, layers[block - 1], growth);
      if (block < layers.length) {
        x = x.within("transition" + block, DenseNet::transition);
      }
    }
    return x.norm("norm5").relu();
  }

  static Value block(Value x, int block, int layers, int growth) {
    for (int layer = 1; layer <= layers; layer++) {
      String name = String.format(Locale.ROOT, "denseblock%d.denselayer%d", block, layer);
      x = Value.concat(x, x.within(name, v -> layer(v, growth)));
    }
    return x;
  }

  /** The channels that a layer adds to those it reads. */
  private static Value layer(Value x, int growth) {
    Value y = x.norm("norm1").relu().conv("conv1", conv(4 * growth, 1));
    return y.norm("norm2").relu().conv("conv2", conv(growth, 3));
  }

  static Value transition(Value x) {
    return x.norm("norm").relu().conv("conv", conv(x.channels() / 2, 1)).averagePool(2, 2, 0);
  }

  static Convolution conv(int channels, int kernel) {
    return Convolution.of(channels, kernel).initializer(new Initializer.HeNormal(Fan.IN));
  }
}
