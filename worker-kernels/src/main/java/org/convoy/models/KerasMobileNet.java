package org.convoy.models;

import static org.convoy.graph.Activate.Function.RELU6;

import java.util.List;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.graph.Window;
import org.convoy.models.Models.Model;

/**
 * MobileNet and MobileNetV2 as Keras's applications have them: the tables of {@link MobileNetV1}
 * and {@link MobileNetV2}. The name states the width multiplier in hundredths. Layers have Keras's
 * names.
 */
final class KerasMobileNet {
  static final List<Model> MODELS =
      List.of(
          first("keras_mobilenet_025", 0.25),
          first("keras_mobilenet_050", 0.5),
          first("keras_mobilenet_075", 0.75),
          first("keras_mobilenet_100", 1.0),
          second("keras_mobilenet_v2_035", 0.35),
          second("keras_mobilenet_v2_050", 0.5),
          second("keras_mobilenet_v2_075", 0.75),
          second("keras_mobilenet_v2_100", 1.0),
          second("keras_mobilenet_v2_130", 1.3),
          second("keras_mobilenet_v2_140", 1.4));

  private KerasMobileNet() {}

  private static Model first(String name, double width) {
    return Model.imagenet(name, 224, (in, k) -> build(name, width, in, k))
        .preprocessed(Preprocessing.INCEPTION);
  }

  private static Model second(String name, double width) {
    return Model.imagenet(name, 224, (in, k) -> buildSecond(name, width, in, k))
        .preprocessed(Preprocessing.INCEPTION);
  }

  private static Graph build(String name, double width, Shape input, int classes) {
    Value x = Value.input(input);
    x = KerasLayers.conv(x, "conv1", Convolution.of((int) (32 * width), 3).stride(2), "conv1_bn");
    x = x.activate(RELU6);
    int number = 1;
    for (MobileNetV1.Stage stage : MobileNetV1.STAGES) {
      for (int i = 0; i < stage.repeat(); i++, number++) {
        int stride = i == 0 ? stage.stride() : 1;
        String depthwise = "conv_dw_" + number;
        x = x.conv(depthwise, depthwise(x, stride)).norm(depthwise + "_bn", KerasLayers.NORM);
        String pointwise = "conv_pw_" + number;
        Convolution last = Convolution.of((int) (stage.channels() * width), 1);
        x = KerasLayers.conv(x.activate(RELU6), pointwise, last, pointwise + "_bn").activate(RELU6);
      }
    }
    return x.globalAveragePool().linear("conv_preds", classes).graph(name);
  }

  /** A stride pads at the end alone, whatever the size of the image. */
  private static Convolution depthwise(Value x, int stride) {
    Convolution convolution = Convolution.of(x.channels(), 3).groups(x.channels());
    Window end = Window.of(List.of(3, 3)).stride(2).padding(List.of(0, 0), List.of(1, 1));
    return stride == 1 ? convolution : convolution.with(end);
  }

  private static Graph buildSecond(String name, double width, Shape input, int classes) {
    Value x = Value.input(input);
    Convolution stem = Convolution.of(InvertedResidual.divisible(32 * width), 3).stride(2);
    x = KerasLayers.conv(x, "Conv1", stem, "bn_Conv1").activate(RELU6);
    int number = 0;
    for (MobileNetV2.Stage stage : MobileNetV2.STAGES) {
      int channels = InvertedResidual.divisible((int) (stage.channels() * width));
      for (int i = 0; i < stage.repeat(); i++, number++) {
        String block = number == 0 ? "expanded_conv_" : "block_" + number + "_";
        x = block(x, block, stage.expansion(), channels, i == 0 ? stage.stride() : 1);
      }
    }
    int features = width > 1 ? InvertedResidual.divisible(1280 * width) : 1280;
    x = KerasLayers.conv(x, "Conv_1", Convolution.of(features, 1), "Conv_1_bn").activate(RELU6);
    return x.globalAveragePool().linear("predictions", classes).graph(name);
  }

  private static Value block(Value x, String name, int expansion, int channels, int stride) {
    Value y = x;
    if (expansion > 1) {
      Convolution expand = Convolution.of(expansion * x.channels(), 1);
      y = KerasLayers.conv(y, name + "expand", expand, name + "expand_BN").activate(RELU6);
    }
    y = KerasLayers.depthwise(y, name + "depthwise", 3, stride, name + "depthwise_BN");
    Convolution project = Convolution.of(channels, 1);
    y = KerasLayers.conv(y.activate(RELU6), name + "project", project, name + "project_BN");
    return stride == 1 && x.channels() == channels ? y.add(x) : y;
  }
}
