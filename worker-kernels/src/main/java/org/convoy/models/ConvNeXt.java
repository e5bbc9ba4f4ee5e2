package org.convoy.models;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.Convolution;
import org.convoy.graph.Dropout;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.LayerNorm;
import org.convoy.graph.Linear;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * ConvNeXt: Liu et al. 2022, "A ConvNet for the 2020s" (arXiv 2201.03545): section 3 and figure 4
 * define the block, appendix A.1 defines stochastic depth and layer scale.
 *
 * <p>These are torchvision's variants; XL is built as they are. Initial weights are normal;
 * torchvision truncates the distribution at 100 standard deviations.
 */
final class ConvNeXt {
  private static final Initializer START = new Initializer.Normal(0.02);
  private static final LayerNorm NORM = LayerNorm.channels().epsilon(1e-6);

  //                        stochastic depth  channels  blocks of stage 1  2   3  4
  static final List<Model> MODELS =
      List.of(
          model("convnext_tiny", 0.1, 96, 3, 3, 9, 3).published(82.520, Published.TORCHVISION),
          model("convnext_small", 0.4, 96, 3, 3, 27, 3).published(83.616, Published.TORCHVISION),
          model("convnext_base", 0.5, 128, 3, 3, 27, 3).published(84.062, Published.TORCHVISION),
          model("convnext_large", 0.5, 192, 3, 3, 27, 3).published(84.414, Published.TORCHVISION),
          model("convnext_xlarge", 0.5, 256, 3, 3, 27, 3)
              .published(87.0, "Liu et al. 2022, table 1, ImageNet-22K first"));

  private ConvNeXt() {}

  private static Model model(String name, double drop, int channels, int... stages) {
    return Model.imagenet(name, 224, (in, k) -> build(name, drop, channels, stages, in, k));
  }

  private static Graph build(
      String name, double drop, int channels, int[] stages, Shape input, int classes) {
    Value x = Value.input(input).conv("features.0.0", patches(channels, 4));
    x = x.norm("features.0.1", NORM);
    int last = Arrays.stream(stages).sum() - 1;
    int number = 0;
    for (int stage = 0; stage < stages.length; stage++) {
      if (stage > 0) {
        String halving = "features." + 2 * stage;
        x = x.norm(halving + ".0", NORM).conv(halving + ".1", patches(channels << stage, 2));
      }
      for (int i = 0; i < stages[stage]; i++) {
        double dropped = drop * number++ / last;
        x =
            x.within(
                String.format(Locale.ROOT, "features.%d.%d", 2 * stage + 1, i),
                v -> block(v, dropped));
      }
    }
    x = x.globalAveragePool().norm("classifier.0", NORM);
    return x.linear("classifier.2", linear(classes)).graph(name);
  }

  private static Value block(Value x, double dropped) {
    int channels = x.channels();
    Value y = x.conv("block.0", start(Convolution.of(channels, 7).groups(channels)));
    y = y.norm("block.2", NORM).linear("block.3", linear(4 * channels)).activate(Function.GELU);
    y = y.linear("block.5", linear(channels)).channelScale("layer_scale", 1e-6);
    return y.apply("stochastic_depth", Dropout.sample(dropped)).add(x);
  }

  /** A convolution over patches that do not overlap. */
  private static Convolution patches(int channels, int side) {
    return start(Convolution.of(channels, side).padding(0).stride(side));
  }

  private static Convolution start(Convolution conv) {
    return conv.withBias().initializer(START);
  }

  private static Linear linear(int features) {
    return Linear.of(features).initializer(START);
  }
}
