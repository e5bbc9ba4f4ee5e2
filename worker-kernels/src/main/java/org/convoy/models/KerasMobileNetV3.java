package org.convoy.models;

import static org.convoy.graph.Activate.Function.HARD_SIGMOID;
import static org.convoy.graph.Activate.Function.HARD_SWISH;

import java.util.List;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * MobileNetV3 as Keras's applications have it: the tables of {@link MobileNetV3}. Layers have
 * Keras's names.
 */
final class KerasMobileNetV3 {
  static final List<Model> MODELS =
      List.of(
          model("keras_mobilenet_v3_large", MobileNetV3.LARGE, 1280),
          model("keras_mobilenet_v3_small", MobileNetV3.SMALL, 1024));

  private KerasMobileNetV3() {}

  private static Model model(String name, List<InvertedResidual> blocks, int features) {
    return Model.imagenet(name, 224, (in, k) -> build(name, blocks, features, in, k))
        .preprocessed(Preprocessing.INCEPTION);
  }

  private static Graph build(
      String name, List<InvertedResidual> blocks, int features, Shape input, int classes) {
    Value x = Value.input(input);
    x = KerasLayers.conv(x, "conv", Convolution.of(16, 3).stride(2), "conv_bn");
    x = x.activate(HARD_SWISH);
    for (int i = 0; i < blocks.size(); i++) {
      x = block(x, i == 0 ? "expanded_conv_" : "expanded_conv_" + i + "_", blocks.get(i));
    }
    x = KerasLayers.conv(x, "conv_1", Convolution.of(6 * x.channels(), 1), "conv_1_bn");
    x = x.activate(HARD_SWISH).globalAveragePool().linear("conv_2", features);
    x = x.activate(HARD_SWISH).dropout("dropout", 0.2);
    return x.linear("logits", classes).graph(name);
  }

  private static Value block(Value x, String name, InvertedResidual row) {
    Value y = x;
    if (row.expanded() != x.channels()) {
      Convolution expand = Convolution.of(row.expanded(), 1);
      y = KerasLayers.conv(y, name + "expand", expand, name + "expand_bn").activate(row.act());
    }
    String depthwise = name + "depthwise";
    y = KerasLayers.depthwise(y, depthwise, row.kernel(), row.stride(), depthwise + "_bn");
    y = y.activate(row.act());
    if (row.squeeze() > 0) {
      String excite = name + "squeeze_excite_conv";
      Value gate = y.adaptiveAveragePool(1);
      gate = gate.conv(excite, Convolution.of(row.squeeze(), 1).withBias()).relu();
      gate = gate.conv(excite + "_1", Convolution.of(y.channels(), 1).withBias());
      y = y.multiply(gate.activate(HARD_SIGMOID));
    }
    Convolution project = Convolution.of(row.channels(), 1);
    y = KerasLayers.conv(y, name + "project", project, name + "project_bn");
    return row.stride() == 1 && x.channels() == row.channels() ? y.add(x) : y;
  }
}
