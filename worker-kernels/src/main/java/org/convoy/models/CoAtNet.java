package org.convoy.models;

import java.util.List;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer.Normal;
import org.convoy.graph.Initializer.Uniform;
import org.convoy.graph.LayerNorm;
import org.convoy.graph.Pool;
import org.convoy.graph.RelativeAttention;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * Convolution, then attention: Dai et al. 2021, "CoAtNet: Marrying Convolution and Attention for
 * All Data Sizes" (arXiv 2106.04803), table 3. Two stages of inverted residual blocks, then two of
 * transformer blocks with relative positions; each stage halves the image. Accuracies are those of
 * table 4.
 *
 * <p>These are timm's variants, with its names: the depthwise convolution takes the stride, and a
 * hidden layer stands before the classifier. Here queries, keys and values lie one after another,
 * in timm head by head; a side of odd length is halved to the greater number.
 */
final class CoAtNet {
  private static final LayerNorm NORM = LayerNorm.channels().epsilon(1e-6);
  private static final Function GELU = Function.GELU;

  //                       blocks of stage 1  2   3  4   stem  channels of stage 1   top-1
  static final List<Model> MODELS =
      List.of(
          model("coatnet_0_224", List.of(2, 3, 5, 2), 64, 96, 81.6),
          model("coatnet_1_224", List.of(2, 6, 14, 2), 64, 96, 83.3),
          model("coatnet_2_224", List.of(2, 6, 14, 2), 128, 128, 84.1));

  private CoAtNet() {}

  private static Model model(
      String name, List<Integer> blocks, int stem, int channels, double top1) {
    return Model.imagenet(name, 224, (in, k) -> build(name, blocks, stem, channels, in, k))
        .preprocessed(Preprocessing.INCEPTION.crop(0.95))
        .published(top1, "Dai et al. 2021, table 4");
  }

  private static Graph build(
      String name, List<Integer> blocks, int stem, int channels, Shape input, int classes) {
    Convolution first = Convolution.of(stem, 3).stride(2);
    Value x = MobileBlocks.conv(Value.input(input), "stem.conv1", "stem.norm1", first, GELU);
    x = x.conv("stem.conv2", MobileBlocks.started(Convolution.of(stem, 3)));
    for (int stage = 0; stage < 4; stage++) {
      for (int i = 0; i < blocks.get(stage); i++) {
        int wide = channels << stage;
        int stride = i == 0 ? 2 : 1;
        boolean attends = stage > 1;
        x =
            x.within(
                "stages." + stage + ".blocks." + i,
                v -> attends ? transformer(v, wide, stride) : inverted(v, wide, stride));
      }
    }
    int hidden = x.channels();
    x = x.adaptiveAveragePool(1).norm("head.norm", NORM).flatten();
    x = x.linear("head.pre_logits.fc", hidden).activate(Function.TANH);
    return x.linear("head.fc", classes).graph(name);
  }

  private static Value inverted(Value x, int channels, int stride) {
    int inner = 4 * channels;
    Convolution depthwise = Convolution.of(inner, 3).stride(stride).groups(inner);
    Value y = x.norm("pre_norm");
    y = MobileBlocks.conv(y, "conv1_1x1", "norm1", Convolution.of(inner, 1), GELU);
    y = MobileBlocks.conv(y, "conv2_kxk", "norm2", depthwise, GELU);
    y = y.within("se", v -> v.multiply(excitation(v, channels / 4)));
    y = y.conv("conv3_1x1", MobileBlocks.started(Convolution.of(channels, 1).withBias()));
    Convolution expand = MobileBlocks.started(Convolution.of(channels, 1).withBias());
    return y.add(shortcut(x, stride, expand));
  }

  private static Value excitation(Value x, int squeezed) {
    Convolution inner = MobileBlocks.started(Convolution.of(squeezed, 1).withBias());
    Convolution outer = MobileBlocks.started(Convolution.of(x.channels(), 1).withBias());
    Value y = x.adaptiveAveragePool(1).conv("fc1", inner).activate(Function.SILU);
    return y.conv("fc2", outer).activate(Function.SIGMOID);
  }

  private static Value transformer(Value x, int channels, int stride) {
    Value y = stride == 2 ? half(x.norm("norm1.norm", NORM)) : x.norm("norm1", NORM);
    y = y.within("attn", v -> attention(v, channels));
    Value between = y.add(shortcut(x, stride, glorot(x, channels)));
    y = between.norm("norm2", NORM);
    y = y.conv("mlp.fc1", glorot(y, 4 * channels)).activate(GELU);
    return between.add(y.conv("mlp.fc2", glorot(y, channels)));
  }

  private static Value attention(Value x, int channels) {
    Value y = x.conv("qkv", glorot(x, 3 * channels));
    Value keys = y.channels(channels, 2 * channels);
    Value values = y.channels(2 * channels, 3 * channels);
    RelativeAttention op = new RelativeAttention(channels / 32, new Normal(0.02));
    y = y.channels(0, channels).relativeAttention("rel_pos", op, keys, values);
    return y.conv("proj", glorot(y, channels));
  }

  private static Value shortcut(Value x, int stride, Convolution expand) {
    Value y = stride == 2 ? half(x) : x;
    return y.channels() == expand.outChannels() ? y : y.conv("shortcut.expand", expand);
  }

  private static Value half(Value x) {
    return x.pool(Pool.average(2, 2, 0).withCeil());
  }

  /** A 1x1 convolution that starts uniform as in Glorot and Bengio 2010, equation 16. */
  private static Convolution glorot(Value x, int channels) {
    double bound = Math.sqrt(6.0 / (x.channels() + channels));
    return Convolution.of(channels, 1).withBias().initializer(new Uniform(bound));
  }
}
