package org.convoy.models;

import static org.convoy.graph.Activate.Function.HARD_SIGMOID;
import static org.convoy.graph.Activate.Function.HARD_SWISH;
import static org.convoy.graph.Activate.Function.RELU;

import java.util.List;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer.Normal;
import org.convoy.graph.Linear;
import org.convoy.graph.Value;
import org.convoy.models.InvertedResidual.Style;
import org.convoy.models.Models.Model;

/**
 * MobileNetV3: Howard et al. 2019, "Searching for MobileNetV3", tables 1 and 2. This is
 * torchvision's variant: the layer before the classifier is linear, with a bias.
 */
final class MobileNetV3 {
  private static final Style STYLE = new Style(new BatchNorm(1e-3, 0.01), RELU, HARD_SIGMOID);

  static final List<InvertedResidual> LARGE =
      List.of(
          // k  exp  out  SE  NL  s
          row(3, 16, 16, false, RELU, 1),
          row(3, 64, 24, false, RELU, 2),
          row(3, 72, 24, false, RELU, 1),
          row(5, 72, 40, true, RELU, 2),
          row(5, 120, 40, true, RELU, 1),
          row(5, 120, 40, true, RELU, 1),
          row(3, 240, 80, false, HARD_SWISH, 2),
          row(3, 200, 80, false, HARD_SWISH, 1),
          row(3, 184, 80, false, HARD_SWISH, 1),
          row(3, 184, 80, false, HARD_SWISH, 1),
          row(3, 480, 112, true, HARD_SWISH, 1),
          row(3, 672, 112, true, HARD_SWISH, 1),
          row(5, 672, 160, true, HARD_SWISH, 2),
          row(5, 960, 160, true, HARD_SWISH, 1),
          row(5, 960, 160, true, HARD_SWISH, 1));

  static final List<InvertedResidual> SMALL =
      List.of(
          row(3, 16, 16, true, RELU, 2),
          row(3, 72, 24, false, RELU, 2),
          row(3, 88, 24, false, RELU, 1),
          row(5, 96, 40, true, HARD_SWISH, 2),
          row(5, 240, 40, true, HARD_SWISH, 1),
          row(5, 240, 40, true, HARD_SWISH, 1),
          row(5, 120, 48, true, HARD_SWISH, 1),
          row(5, 144, 48, true, HARD_SWISH, 1),
          row(5, 288, 96, true, HARD_SWISH, 2),
          row(5, 576, 96, true, HARD_SWISH, 1),
          row(5, 576, 96, true, HARD_SWISH, 1));

  static final List<Model> MODELS =
      List.of(
          model("mobilenet_v3_large", 74.042, 1280, LARGE),
          model("mobilenet_v3_small", 67.668, 1024, SMALL));

  private MobileNetV3() {}

  private static InvertedResidual row(
      int kernel, int expanded, int channels, boolean excited, Function act, int stride) {
    int squeeze = excited ? InvertedResidual.divisible(expanded / 4) : 0;
    return new InvertedResidual(kernel, expanded, channels, squeeze, act, stride, STYLE);
  }

  private static Model model(String name, double top1, int features, List<InvertedResidual> body) {
    return Model.imagenet(name, 224, (in, k) -> build(name, Value.input(in), body, features, k))
        .published(top1, Published.TORCHVISION);
  }

  private static Graph build(
      String name, Value x, List<InvertedResidual> body, int features, int classes) {
    Value y = STYLE.conv(x, "features.0", Convolution.of(16, 3).stride(2), HARD_SWISH);
    int number = 1;
    for (InvertedResidual block : body) {
      y = y.within("features." + number++, v -> block.apply(v, 0));
    }
    y = STYLE.conv(y, "features." + number, Convolution.of(6 * y.channels(), 1), HARD_SWISH);
    Linear linear = Linear.of(features).initializer(new Normal(0.01));
    y = y.globalAveragePool().linear("classifier.0", linear).activate(HARD_SWISH);
    Linear classifier = Linear.of(classes).initializer(new Normal(0.01));
    return y.dropout("classifier.2", 0.2).linear("classifier.3", classifier).graph(name);
  }
}
