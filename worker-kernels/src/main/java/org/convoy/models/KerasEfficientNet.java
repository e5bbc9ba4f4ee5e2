package org.convoy.models;

import static org.convoy.graph.Activate.Function.SIGMOID;
import static org.convoy.graph.Activate.Function.SILU;

import java.util.List;
import org.convoy.graph.Convolution;
import org.convoy.graph.Dropout;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * EfficientNet as Keras's applications have it: the table of {@link EfficientNet}. Layers have
 * Keras's names. Keras's two layers that normalise the image are preprocessing here.
 */
final class KerasEfficientNet {
  static final List<Model> MODELS =
      List.of(
          //                            image width depth dropout
          model("keras_efficientnet_b0", 224, 1.0, 1.0, 0.2),
          model("keras_efficientnet_b1", 240, 1.0, 1.1, 0.2),
          model("keras_efficientnet_b2", 260, 1.1, 1.2, 0.3),
          model("keras_efficientnet_b3", 300, 1.2, 1.4, 0.3),
          model("keras_efficientnet_b4", 380, 1.4, 1.8, 0.4),
          model("keras_efficientnet_b5", 456, 1.6, 2.2, 0.4),
          model("keras_efficientnet_b6", 528, 1.8, 2.6, 0.5),
          model("keras_efficientnet_b7", 600, 2.0, 3.1, 0.5));

  private KerasEfficientNet() {}

  private static Model model(String name, int side, double width, double depth, double dropout) {
    return Model.imagenet(name, side, (in, k) -> build(name, width, depth, dropout, in, k));
  }

  private static Graph build(
      String name, double width, double depth, double dropout, Shape input, int classes) {
    List<EfficientNet.Stage> stages = EfficientNet.STAGES;
    double blocks = stages.stream().mapToDouble(stage -> Math.ceil(depth * stage.repeat())).sum();
    Value x = Value.input(input);
    Convolution stem = Convolution.of(InvertedResidual.divisible(32 * width), 3).stride(2);
    x = KerasLayers.conv(x, "stem_conv", stem, "stem_bn").activate(SILU);
    int done = 0;
    for (int i = 0; i < stages.size(); i++) {
      EfficientNet.Stage stage = stages.get(i);
      int channels = InvertedResidual.divisible(stage.channels() * width);
      for (int j = 0; j < Math.ceil(depth * stage.repeat()); j++) {
        String block = "block" + (i + 1) + (char) ('a' + j) + "_";
        double drop = 0.2 * done++ / blocks;
        x = block(x, block, stage, j == 0 ? stage.stride() : 1, channels, drop);
      }
    }
    Convolution top = Convolution.of(InvertedResidual.divisible(1280 * width), 1);
    x = KerasLayers.conv(x, "top_conv", top, "top_bn").activate(SILU).globalAveragePool();
    return x.dropout("top_dropout", dropout).linear("predictions", classes).graph(name);
  }

  private static Value block(
      Value x, String name, EfficientNet.Stage stage, int stride, int channels, double drop) {
    Value y = x;
    if (stage.expansion() > 1) {
      Convolution expand = Convolution.of(stage.expansion() * x.channels(), 1);
      y = KerasLayers.conv(y, name + "expand_conv", expand, name + "expand_bn").activate(SILU);
    }
    y = KerasLayers.depthwise(y, name + "dwconv", stage.kernel(), stride, name + "bn");
    y = y.activate(SILU);
    Value gate = y.adaptiveAveragePool(1);
    gate = gate.conv(name + "se_reduce", Convolution.of(x.channels() / 4, 1).withBias());
    gate = gate.activate(SILU);
    gate = gate.conv(name + "se_expand", Convolution.of(y.channels(), 1).withBias());
    y = y.multiply(gate.activate(SIGMOID));
    Convolution project = Convolution.of(channels, 1);
    y = KerasLayers.conv(y, name + "project_conv", project, name + "project_bn");
    if (stride > 1 || x.channels() != channels) {
      return y;
    }
    return (drop > 0 ? y.apply(name + "drop", Dropout.sample(drop)) : y).add(x);
  }
}
