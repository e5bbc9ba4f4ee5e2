package org.convoy.models;

import java.util.List;
import java.util.Locale;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Pool;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.graph.Window;
import org.convoy.models.Models.Model;

/**
 * The residual network for ImageNet (He et al. 2015, table 1) and what later papers change in it.
 * Tensors have the names of torchvision's and timm's {@code ResNet}.
 *
 * <p>A bottleneck that halves the image does so in its 3x3 convolution, not in its first 1x1
 * convolution (v1.5).
 *
 * @param bottleneck blocks of three convolutions, else of two
 * @param groups of the 3x3 convolution of a bottleneck (Xie et al. 2017)
 * @param groupWidth channels of a group in the first stage
 * @param squeeze the squeezed vector of squeeze and excitation has this part of the block's
 *     channels, 0 for no squeeze and excitation (Hu et al. 2018)
 * @param stem the layers before the first stage
 * @param pooled whether a shortcut halves the image by an average pool, not by a stride (He et al.
 *     2019, figure 2c)
 * @param stages blocks of each stage
 */
record ResidualNetwork(
    boolean bottleneck,
    int groups,
    int groupWidth,
    double squeeze,
    Stem stem,
    boolean pooled,
    int... stages) {

  /** The layers before the first stage. They divide the resolution by 4. */
  enum Stem {
    /** A 7x7 convolution and a max pool. */
    WIDE,
    /** Three 3x3 convolutions and a max pool (He et al. 2019, figure 2b). */
    DEEP,
    /** Three 3x3 convolutions and a fourth of stride 2 (Bello et al. 2021, section 4.1). */
    DEEP_WITHOUT_POOL
  }

  static ResidualNetwork basic(int... stages) {
    return new ResidualNetwork(false, 1, 64, 0, Stem.WIDE, false, stages);
  }

  static ResidualNetwork bottlenecks(int... stages) {
    return new ResidualNetwork(true, 1, 64, 0, Stem.WIDE, false, stages);
  }

  ResidualNetwork groups(int groups, int groupWidth) {
    return new ResidualNetwork(bottleneck, groups, groupWidth, squeeze, stem, pooled, stages);
  }

  ResidualNetwork squeeze(double part) {
    return new ResidualNetwork(bottleneck, groups, groupWidth, part, stem, pooled, stages);
  }

  ResidualNetwork stem(Stem other) {
    return new ResidualNetwork(bottleneck, groups, groupWidth, squeeze, other, pooled, stages);
  }

  ResidualNetwork poolingShortcuts() {
    return new ResidualNetwork(bottleneck, groups, groupWidth, squeeze, stem, true, stages);
  }

  /** The network for ImageNet at this resolution. */
  Model model(String name, int side) {
    return Model.imagenet(name, side, (in, k) -> build(name, in, k));
  }

  private Graph build(String name, Shape input, int classes) {
    Value x = stem(Value.input(input));
    for (int stage = 0; stage < stages.length; stage++) {
      int width = 64 << stage;
      for (int block = 0; block < stages[stage]; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        String path = String.format(Locale.ROOT, "layer%d.%d", stage + 1, block);
        x = x.within(path, v -> block(v, width, stride));
      }
    }
    return x.globalAveragePool().linear("fc", classes).graph(name);
  }

  private Value stem(Value x) {
    if (stem == Stem.WIDE) {
      x = x.conv("conv1", Convolution.of(64, 7).stride(2)).norm("bn1").relu();
      return x.maxPool(3, 2, 1);
    }
    x = x.conv("conv1.0", 32, 3, 2).norm("conv1.1").relu();
    x = x.conv("conv1.3", 32, 3).norm("conv1.4").relu();
    x = x.conv("conv1.6", 64, 3).norm("bn1").relu();
    return stem == Stem.DEEP
        ? x.maxPool(3, 2, 1)
        : x.conv("maxpool.0", 64, 3, 2).norm("maxpool.1").relu();
  }

  private Value block(Value x, int width, int stride) {
    int channels = bottleneck ? 4 * width : width;
    Value y = bottleneck ? bottleneck(x, width, stride) : basic(x, width, stride);
    if (squeeze > 0) {
      int squeezed = (int) (channels * squeeze);
      y = y.within("se", v -> excite(v, squeezed, Function.SIGMOID));
    }
    return y.add(shortcut(x, channels, stride)).relu();
  }

  private static Value basic(Value x, int width, int stride) {
    Value y = x.conv("conv1", width, 3, stride).norm("bn1").relu();
    return y.conv("conv2", width, 3).norm("bn2");
  }

  private Value bottleneck(Value x, int width, int stride) {
    int inner = width * groupWidth / 64 * groups;
    Value y = x.conv("conv1", inner, 1).norm("bn1").relu();
    y = y.conv("conv2", Convolution.of(inner, 3).stride(stride).groups(groups));
    return y.norm("bn2").relu().conv("conv3", 4 * width, 1).norm("bn3");
  }

  /** Squeeze and excitation: scales each channel by a function of all channels' means. */
  static Value excite(Value x, int squeezed, Function gate) {
    Value y = x.adaptiveAveragePool(1);
    y = y.conv("fc1", excitation(y, squeezed)).relu();
    return x.multiply(y.conv("fc2", excitation(y, x.channels())).activate(gate));
  }

  private static Convolution excitation(Value x, int channels) {
    return Convolution.of(channels, 1).withBias();
  }

  /**
   * The shortcut: the block's input where shapes agree, else a strided 1x1 convolution (option B).
   */
  private Value shortcut(Value x, int channels, int stride) {
    if (stride == 1 && x.channels() == channels) {
      return x;
    }
    if (!pooled) {
      return x.conv("downsample.0", channels, 1, stride).norm("downsample.1");
    }
    Window window = Window.of(List.of(2)).stride(2);
    Value y = stride == 1 ? x : x.pool(new Pool(Pool.Kind.AVERAGE, window, false, true));
    return y.conv("downsample.1", channels, 1).norm("downsample.2");
  }
}
