package org.convoy.models;

import static org.convoy.graph.Activate.Function.RELU6;

import java.util.List;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.EfficientNet.Stage;
import org.convoy.models.Models.Model;

/**
 * EfficientNet-Lite (Google's TPU repository, 2020): EfficientNet without squeeze and excitation
 * and with activations cut at 6. Stem, head, and the depth of the first and last stage are not
 * scaled. Tensors have timm's names. Stochastic depth grows to 0.2 over the blocks.
 */
final class EfficientNetLite {
  private static final String SOURCE = "github.com/tensorflow/tpu, EfficientNet-Lite";

  static final List<Model> MODELS =
      List.of(
          //                  image  width  depth  dropout
          model("efficientnet_lite0", 224, 1.0, 1.0, 0.2).published(75.1, SOURCE),
          model("efficientnet_lite1", 240, 1.0, 1.1, 0.2).published(76.7, SOURCE),
          model("efficientnet_lite2", 260, 1.1, 1.2, 0.3).published(77.6, SOURCE),
          model("efficientnet_lite3", 280, 1.2, 1.4, 0.3).published(79.8, SOURCE),
          model("efficientnet_lite4", 300, 1.4, 1.8, 0.3).published(81.5, SOURCE));

  private EfficientNetLite() {}

  private static Model model(String name, int side, double width, double depth, double dropout) {
    return Model.imagenet(name, side, (in, k) -> build(name, width, depth, dropout, in, k))
        .preprocessed(Preprocessing.INCEPTION);
  }

  private static Graph build(
      String name, double width, double depth, double dropout, Shape input, int classes) {
    Convolution first = Convolution.of(32, 3).stride(2);
    Value x = MobileBlocks.conv(Value.input(input), "conv_stem", "bn1", first, RELU6);
    List<Stage> stages = EfficientNet.STAGES;
    int blocks = 0;
    for (int i = 0; i < stages.size(); i++) {
      blocks += repeat(i, depth);
    }
    int done = 0;
    for (int i = 0; i < stages.size(); i++) {
      Stage stage = stages.get(i);
      int channels = InvertedResidual.divisible(width * stage.channels());
      for (int j = 0; j < repeat(i, depth); j++) {
        int stride = j == 0 ? stage.stride() : 1;
        double drop = 0.2 * done++ / blocks;
        x =
            x.within(
                "blocks." + i + "." + j,
                v ->
                    MobileBlocks.inverted(
                        v, stage.kernel(), stride, stage.expansion(), channels, RELU6, drop));
      }
    }
    x = MobileBlocks.conv(x, "conv_head", "bn2", Convolution.of(1280, 1), RELU6);
    x = x.globalAveragePool().dropout("dropout", dropout);
    return x.linear("classifier", MobileBlocks.classifier(classes)).graph(name);
  }

  private static int repeat(int stage, double depth) {
    int repeat = EfficientNet.STAGES.get(stage).repeat();
    boolean inner = stage > 0 && stage < EfficientNet.STAGES.size() - 1;
    return inner ? (int) Math.ceil(depth * repeat) : repeat;
  }
}
