package org.convoy.models;

import static org.convoy.graph.Activate.Function.RELU6;

import java.util.List;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * MobileNet: Howard et al. 2017, "MobileNets: Efficient Convolutional Neural Networks for Mobile
 * Vision Applications" (arXiv 1704.04861), table 1; the name states the width multiplier in
 * hundredths, accuracies are those of table 6. Tensors have timm's names; activations are cut at 6,
 * as in the authors' code.
 */
final class MobileNetV1 {
  /** {@code repeat} blocks of one width; the first has the stride. */
  record Stage(int repeat, int stride, int channels) {}

  static final List<Stage> STAGES =
      List.of(
          // n  s   c
          new Stage(1, 1, 64),
          new Stage(2, 2, 128),
          new Stage(2, 2, 256),
          new Stage(6, 2, 512),
          new Stage(2, 2, 1024));

  static final List<Model> MODELS =
      List.of(
          model("mobilenetv1_025", 0.25, 50.6),
          model("mobilenetv1_050", 0.5, 63.7),
          model("mobilenetv1_075", 0.75, 68.4),
          model("mobilenetv1_100", 1.0, 70.6));

  private MobileNetV1() {}

  private static Model model(String name, double width, double top1) {
    return Model.imagenet(name, 224, (in, k) -> build(name, width, in, k))
        .published(top1, "Howard et al. 2017, table 6");
  }

  private static Graph build(String name, double width, Shape input, int classes) {
    Convolution first = Convolution.of(InvertedResidual.divisible(32 * width), 3).stride(2);
    Value x = MobileBlocks.conv(Value.input(input), "conv_stem", "bn1", first, RELU6);
    for (int i = 0; i < STAGES.size(); i++) {
      Stage stage = STAGES.get(i);
      int channels = InvertedResidual.divisible(stage.channels * width);
      for (int j = 0; j < stage.repeat; j++) {
        int stride = j == 0 ? stage.stride : 1;
        x =
            x.within(
                "blocks." + i + "." + j, v -> MobileBlocks.separable(v, stride, channels, RELU6));
      }
    }
    return x.globalAveragePool().linear("classifier", MobileBlocks.classifier(classes)).graph(name);
  }
}
