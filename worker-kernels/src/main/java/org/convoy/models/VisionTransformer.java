package org.convoy.models;

import java.util.List;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Initializer.Constant;
import org.convoy.graph.Initializer.Normal;
import org.convoy.graph.Initializer.Uniform;
import org.convoy.graph.LayerNorm;
import org.convoy.graph.Linear;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * Vision transformers: Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words: Transformers for
 * Image Recognition at Scale" (arXiv 2010.11929), table 1 and figure 1; the small one is of Touvron
 * et al. 2021, "Training data-efficient image transformers" (arXiv 2012.12877), table 1. What
 * convolutional networks are compared with.
 *
 * <p>{@code vit_b_16} is torchvision's, with its names and initial weights (biases of the two-layer
 * networks start at zero); {@code vit_small_patch16_224} is timm's.
 */
final class VisionTransformer {
  private static final LayerNorm NORM = LayerNorm.channels().epsilon(1e-6);
  private static final int PATCH = 16;
  private static final int LAYERS = 12;

  /** The names of tensors. */
  private record Names(
      String patches,
      String token,
      String places,
      String layer,
      String norm1,
      String attention,
      String prefix,
      String projection,
      String norm2,
      String first,
      String second,
      String norm,
      String head) {}

  private static final Names TORCHVISION =
      new Names(
          "conv_proj",
          "class_token",
          "encoder.pos_embedding",
          "encoder.layers.encoder_layer_",
          "ln_1",
          "self_attention",
          "in_proj_",
          "self_attention.out_proj",
          "ln_2",
          "mlp.0",
          "mlp.3",
          "encoder.ln",
          "heads.head");

  private static final Names TIMM =
      new Names(
          "patch_embed.proj",
          "cls_token",
          "pos_embed",
          "blocks.",
          "norm1",
          "attn.qkv",
          "",
          "attn.proj",
          "norm2",
          "mlp.fc1",
          "mlp.fc2",
          "norm",
          "head");

  static final List<Model> MODELS =
      List.of(
          model("vit_b_16", 768, 12, TORCHVISION).published(81.072, Published.TORCHVISION),
          model("vit_small_patch16_224", 384, 6, TIMM)
              .published(79.9, "github.com/facebookresearch/deit, DeiT-small")
              .preprocessed(Preprocessing.IMAGENET));

  private VisionTransformer() {}

  private static Model model(String name, int width, int heads, Names names) {
    return Model.imagenet(name, 224, (in, k) -> build(name, width, heads, names, in, k));
  }

  private static Graph build(
      String name, int width, int heads, Names names, Shape input, int classes) {
    boolean torchvision = names.equals(TORCHVISION);
    Initializer small = new Normal(0.02);
    Initializer start =
        torchvision ? new Normal(Math.sqrt(1.0 / (input.channels() * PATCH * PATCH))) : small;
    Convolution patches = Convolution.of(width, PATCH).padding(0).stride(PATCH).withBias();
    Value x = Value.input(input).conv(names.patches, patches.initializer(start));
    int length = Math.toIntExact(x.shape().positions());
    x = x.reshape(Shape.of(width, length)).pad(List.of(1), List.of(0));
    Initializer token = torchvision ? new Constant(0) : new Normal(1e-6);
    x = x.embedding(names.token, 1, token).embedding(names.places, length + 1, small);
    for (int i = 0; i < LAYERS; i++) {
      x = x.within(names.layer + i, v -> layer(v, heads, names));
    }
    x = x.slice(1, 0, 1).norm(names.norm, NORM).flatten();
    Initializer head = torchvision ? new Constant(0) : small;
    return x.linear(names.head, Linear.of(classes).initializer(head)).graph(name);
  }

  private static Value layer(Value x, int heads, Names names) {
    int width = x.channels();
    Value y = x.norm(names.norm1, NORM);
    y = y.linear(names.attention, linear(width, 3 * width, names).prefix(names.prefix));
    Value keys = y.channels(width, 2 * width);
    y = y.channels(0, width).attention(heads, keys, y.channels(2 * width, 3 * width));
    Initializer bound = new Uniform(1 / Math.sqrt(width));
    Linear projection =
        names.equals(TORCHVISION)
            ? Linear.of(width).initializer(bound)
            : linear(width, width, names);
    Value between = x.add(y.linear(names.projection, projection));
    y = between.norm(names.norm2, NORM).linear(names.first, linear(width, 4 * width, names));
    y = y.activate(Function.GELU).linear(names.second, linear(4 * width, width, names));
    return between.add(y);
  }

  /** Uniform as Glorot and Bengio 2010 do (equation 16) in torchvision, normal in timm. */
  private static Linear linear(int in, int out, Names names) {
    double bound = Math.sqrt(6.0 / (in + out));
    return Linear.of(out)
        .initializer(names.equals(TORCHVISION) ? new Uniform(bound) : new Normal(0.02));
  }
}
