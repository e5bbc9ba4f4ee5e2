package org.convoy.models;

import java.util.List;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * Xception: Chollet 2017, "Xception: Deep Learning with Depthwise Separable Convolutions" (arXiv
 * 1610.02357), figure 5. Tensors have timm's names. As there, pools and strided convolutions pad
 * both sides alike, where Keras pads more at the end.
 */
final class Xception {
  /**
   * A module of the figure.
   *
   * @param first whether its first convolution widens, else its last
   */
  record Row(int channels, int convolutions, int stride, boolean first) {}

  private static final Row MIDDLE = new Row(728, 3, 1, true);

  static final List<Row> ROWS =
      List.of(
          new Row(128, 2, 2, true),
          new Row(256, 2, 2, true),
          new Row(728, 2, 2, true),
          MIDDLE,
          MIDDLE,
          MIDDLE,
          MIDDLE,
          MIDDLE,
          MIDDLE,
          MIDDLE,
          MIDDLE,
          new Row(1024, 2, 2, false));

  static final List<Model> MODELS =
      List.of(
          Model.imagenet("xception", 299, Xception::build)
              .preprocessed(Preprocessing.INCEPTION.crop(0.8975))
              .published(79.0, "Chollet 2017, table 1"));

  private Xception() {}

  private static Graph build(Shape input, int classes) {
    Value x = Value.input(input).conv("conv1", Convolution.of(32, 3).stride(2).padding(0));
    x = x.norm("bn1").relu().conv("conv2", Convolution.of(64, 3).padding(0)).norm("bn2").relu();
    for (int i = 0; i < ROWS.size(); i++) {
      Row row = ROWS.get(i);
      boolean start = i > 0;
      x = x.within("block" + (i + 1), v -> block(v, row, start));
    }
    x = separable(x, "conv3", 1536).norm("bn3").relu();
    x = separable(x, "conv4", 2048).norm("bn4").relu();
    return x.globalAveragePool().linear("fc", classes).graph("xception");
  }

  private static Value block(Value x, Row row, boolean startsWithRelu) {
    Value y = x;
    int place = 0;
    for (int i = 0; i < row.convolutions; i++) {
      if (i > 0 || startsWithRelu) {
        y = y.relu();
        place++;
      }
      boolean widened = row.first || i == row.convolutions - 1;
      y = separable(y, "rep." + place++, widened ? row.channels : x.channels());
      y = y.norm("rep." + place++);
    }
    if (row.stride == 1) {
      return y.add(x);
    }
    y = y.maxPool(3, row.stride, 1);
    return y.add(x.conv("skip", row.channels, 1, row.stride).norm("skipbn"));
  }

  private static Value separable(Value x, String name, int channels) {
    int in = x.channels();
    return x.within(
        name,
        v -> v.conv("conv1", Convolution.of(in, 3).groups(in)).conv("pointwise", channels, 1));
  }
}
