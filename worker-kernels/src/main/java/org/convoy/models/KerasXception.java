package org.convoy.models;

import java.util.List;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Pool;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * Xception as Keras's applications have it, whose author is the paper's: the table of {@link
 * Xception}. Layers have Keras's names; shortcuts, which Keras only numbers, are called {@code
 * blockN_skip}.
 */
final class KerasXception {
  static final List<Model> MODELS =
      List.of(
          Model.imagenet("keras_xception", 299, KerasXception::build)
              .preprocessed(Preprocessing.INCEPTION)
              .published(79.0, "Chollet 2017, table 1"));

  private KerasXception() {}

  private static Graph build(Shape input, int classes) {
    Value x = Value.input(input);
    x = x.conv("block1_conv1", Convolution.of(32, 3).stride(2).padding(0));
    x = x.norm("block1_conv1_bn", KerasLayers.NORM).relu();
    x = x.conv("block1_conv2", Convolution.of(64, 3).padding(0));
    x = x.norm("block1_conv2_bn", KerasLayers.NORM).relu();
    for (int i = 0; i < Xception.ROWS.size(); i++) {
      x = block(x, "block" + (i + 2), Xception.ROWS.get(i), i > 0);
    }
    x = separable(x, "block14_sepconv1", 1536).relu();
    x = separable(x, "block14_sepconv2", 2048).relu();
    return x.globalAveragePool().linear("predictions", classes).graph("keras_xception");
  }

  private static Value block(Value x, String name, Xception.Row row, boolean startsWithRelu) {
    Value y = x;
    for (int i = 1; i <= row.convolutions(); i++) {
      y = i > 1 || startsWithRelu ? y.relu() : y;
      boolean widened = row.first() || i == row.convolutions();
      y = separable(y, name + "_sepconv" + i, widened ? row.channels() : x.channels());
    }
    if (row.stride() == 1) {
      return y.add(x);
    }
    y = y.pool(Pool.max(3, row.stride(), 0).same(y.shape()));
    Convolution skip = Convolution.of(row.channels(), 1).stride(row.stride());
    return y.add(KerasLayers.conv(x, name + "_skip_conv", skip, name + "_skip_bn"));
  }

  /** A depthwise and a 1x1 convolution, and a norm. */
  private static Value separable(Value x, String name, int channels) {
    int in = x.channels();
    Value y = x.conv(name, Convolution.of(in, 3).groups(in));
    return KerasLayers.conv(y, name + ".pointwise", Convolution.of(channels, 1), name + "_bn");
  }
}
