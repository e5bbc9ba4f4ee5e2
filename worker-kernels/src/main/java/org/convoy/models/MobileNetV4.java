package org.convoy.models;

import static org.convoy.graph.Activate.Function.RELU;

import java.util.List;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * MobileNetV4: Qin et al. 2024, "MobileNetV4: Universal Models for the Mobile Ecosystem" (arXiv
 * 2404.10518), Conv-Small and Conv-Medium, with timm's names. Accuracies are the paper's.
 */
final class MobileNetV4 {
  /** Adds one block to a network. */
  @FunctionalInterface
  private interface Block {
    Value apply(Value x);
  }

  //                                     start  middle  stride  expansion  channels
  private static final List<List<Block>> SMALL =
      List.of(
          List.of(conv(3, 2, 32), conv(1, 1, 32)),
          List.of(conv(3, 2, 96), conv(1, 1, 64)),
          List.of(
              uib(5, 5, 2, 3, 96),
              uib(0, 3, 1, 2, 96),
              uib(0, 3, 1, 2, 96),
              uib(0, 3, 1, 2, 96),
              uib(0, 3, 1, 2, 96),
              uib(3, 0, 1, 4, 96)),
          List.of(
              uib(3, 3, 2, 6, 128),
              uib(5, 5, 1, 4, 128),
              uib(0, 5, 1, 4, 128),
              uib(0, 5, 1, 3, 128),
              uib(0, 3, 1, 4, 128),
              uib(0, 3, 1, 4, 128)),
          List.of(conv(1, 1, 960)));

  private static final List<List<Block>> MEDIUM =
      List.of(
          List.of(x -> MobileBlocks.fused(x, 3, 2, 4, 48, RELU)),
          List.of(uib(3, 5, 2, 4, 80), uib(3, 3, 1, 2, 80)),
          List.of(
              uib(3, 5, 2, 6, 160),
              uib(3, 3, 1, 4, 160),
              uib(3, 3, 1, 4, 160),
              uib(3, 5, 1, 4, 160),
              uib(3, 3, 1, 4, 160),
              uib(3, 0, 1, 4, 160),
              uib(0, 0, 1, 2, 160),
              uib(3, 0, 1, 4, 160)),
          List.of(
              uib(5, 5, 2, 6, 256),
              uib(5, 5, 1, 4, 256),
              uib(3, 5, 1, 4, 256),
              uib(3, 5, 1, 4, 256),
              uib(0, 0, 1, 4, 256),
              uib(3, 0, 1, 4, 256),
              uib(3, 5, 1, 2, 256),
              uib(5, 5, 1, 4, 256),
              uib(0, 0, 1, 4, 256),
              uib(0, 0, 1, 4, 256),
              uib(5, 0, 1, 2, 256)),
          List.of(conv(1, 1, 960)));

  static final List<Model> MODELS =
      List.of(
          model("mobilenetv4_conv_small", 224, SMALL, 73.8),
          model("mobilenetv4_conv_medium", 256, MEDIUM, 79.9));

  private MobileNetV4() {}

  private static Model model(String name, int side, List<List<Block>> stages, double top1) {
    return Model.imagenet(name, side, (in, k) -> build(name, stages, in, k))
        .published(top1, "Qin et al. 2024");
  }

  private static Graph build(String name, List<List<Block>> stages, Shape input, int classes) {
    Convolution first = Convolution.of(32, 3).stride(2);
    Value x = MobileBlocks.conv(Value.input(input), "conv_stem", "bn1", first, RELU);
    for (int i = 0; i < stages.size(); i++) {
      for (int j = 0; j < stages.get(i).size(); j++) {
        Block block = stages.get(i).get(j);
        x = x.within("blocks." + i + "." + j, block::apply);
      }
    }
    x = x.adaptiveAveragePool(1);
    x = MobileBlocks.conv(x, "conv_head", "norm_head", Convolution.of(1280, 1), RELU);
    return x.flatten().linear("classifier", MobileBlocks.classifier(classes)).graph(name);
  }

  private static Block conv(int kernel, int stride, int channels) {
    Convolution convolution = Convolution.of(channels, kernel).stride(stride);
    return x -> MobileBlocks.conv(x, "conv", "bn1", convolution, RELU);
  }

  private static Block uib(int start, int middle, int stride, int expansion, int channels) {
    return x -> MobileBlocks.universal(x, start, middle, stride, expansion, channels, RELU);
  }
}
