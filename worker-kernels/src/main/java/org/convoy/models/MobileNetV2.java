package org.convoy.models;

import java.util.List;
import org.convoy.graph.Activate.Function;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Linear;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * MobileNetV2: Sandler et al. 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks", table
 * 2, with width multiplier 1. This is torchvision's variant.
 */
final class MobileNetV2 {
  static final List<Model> MODELS =
      List.of(
          Model.imagenet("mobilenet_v2", 224, MobileNetV2::build)
              .published(71.878, Published.TORCHVISION));

  /** {@code repeat} blocks of one width; the first has the stride. */
  record Stage(int expansion, int channels, int repeat, int stride) {}

  static final List<Stage> STAGES =
      List.of(
          // t    c   n  s
          new Stage(1, 16, 1, 1),
          new Stage(6, 24, 2, 2),
          new Stage(6, 32, 3, 2),
          new Stage(6, 64, 4, 2),
          new Stage(6, 96, 3, 1),
          new Stage(6, 160, 3, 2),
          new Stage(6, 320, 1, 1));

  private MobileNetV2() {}

  private static Graph build(Shape input, int classes) {
    Value x = conv(Value.input(input), "features.0", Convolution.of(32, 3).stride(2));
    int number = 1;
    for (Stage stage : STAGES) {
      for (int i = 0; i < stage.repeat(); i++) {
        int stride = i == 0 ? stage.stride() : 1;
        x = x.within("features." + number++, v -> block(v, stage, stride));
      }
    }
    x = conv(x, "features." + number, Convolution.of(1280, 1)).globalAveragePool();
    Linear classifier = Linear.of(classes).initializer(new Initializer.Normal(0.01));
    return x.dropout("classifier.0", 0.2).linear("classifier.1", classifier).graph("mobilenet_v2");
  }

  private static Value block(Value x, Stage stage, int stride) {
    int hidden = stage.expansion() * x.channels();
    Value y = x;
    int layer = 0;
    if (stage.expansion() > 1) {
      y = conv(y, "conv." + layer++, Convolution.of(hidden, 1));
    }
    y = conv(y, "conv." + layer++, Convolution.of(hidden, 3).stride(stride).groups(hidden));
    y = y.conv("conv." + layer++, stage.channels(), 1).norm("conv." + layer);
    return stride == 1 && x.channels() == stage.channels() ? y.add(x) : y;
  }

  private static Value conv(Value x, String name, Convolution convolution) {
    return x.within(name, v -> v.conv("0", convolution).norm("1").activate(Function.RELU6));
  }
}
