package org.convoy.models;

import java.util.List;
import java.util.Locale;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.LayerNorm;
import org.convoy.graph.Linear;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * ConvNeXt V2: Woo et al. 2023, "ConvNeXt V2: Co-designing and Scaling ConvNets with Masked
 * Autoencoders" (arXiv 2301.00808), table 9: ConvNeXt with global response normalisation instead of
 * layer scale. Accuracies are those of table 5, with masked autoencoding first. Tensors have timm's
 * names. The recipe states stochastic depth.
 */
final class ConvNeXtV2 {
  private static final Initializer START = new Initializer.Normal(0.02);
  private static final LayerNorm NORM = LayerNorm.channels().epsilon(1e-6);

  //                        top-1  channels  blocks of stage 1  2   3  4
  static final List<Model> MODELS =
      List.of(
          model("convnextv2_atto", 76.7, 40, 2, 2, 6, 2),
          model("convnextv2_femto", 78.5, 48, 2, 2, 6, 2),
          model("convnextv2_pico", 80.3, 64, 2, 2, 6, 2),
          model("convnextv2_nano", 81.9, 80, 2, 2, 8, 2),
          model("convnextv2_tiny", 83.0, 96, 3, 3, 9, 3),
          model("convnextv2_base", 84.9, 128, 3, 3, 27, 3),
          model("convnextv2_large", 85.8, 192, 3, 3, 27, 3),
          model("convnextv2_huge", 86.3, 352, 3, 3, 27, 3));

  private ConvNeXtV2() {}

  private static Model model(String name, double top1, int channels, int... stages) {
    return Model.imagenet(name, 224, (in, k) -> build(name, channels, stages, in, k))
        .published(top1, "Woo et al. 2023, table 5");
  }

  private static Graph build(String name, int channels, int[] stages, Shape input, int classes) {
    Value x = Value.input(input).conv("stem.0", patches(channels, 4)).norm("stem.1", NORM);
    for (int stage = 0; stage < stages.length; stage++) {
      if (stage > 0) {
        String halving = String.format(Locale.ROOT, "stages.%d.downsample", stage);
        x = x.norm(halving + ".0", NORM).conv(halving + ".1", patches(channels << stage, 2));
      }
      for (int i = 0; i < stages[stage]; i++) {
        String path = String.format(Locale.ROOT, "stages.%d.blocks.%d", stage, i);
        x = x.within(path, ConvNeXtV2::block);
      }
    }
    x = x.globalAveragePool().norm("head.norm", NORM);
    return x.linear("head.fc", linear(classes)).graph(name);
  }

  /** The paper's block, figure 5. */
  static Value block(Value x) {
    int channels = x.channels();
    Value y = x.conv("conv_dw", start(Convolution.of(channels, 7).groups(channels)));
    y = y.norm("norm", NORM).linear("mlp.fc1", linear(4 * channels)).activate(Function.GELU);
    return y.responseNorm("mlp.grn").linear("mlp.fc2", linear(channels)).add(x);
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
