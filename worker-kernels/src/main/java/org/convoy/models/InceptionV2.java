package org.convoy.models;

import java.util.List;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Initializer.Fan;
import org.convoy.graph.Pool;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Model;

/**
 * Inception v2, also called BN-Inception: Ioffe and Szegedy 2015, "Batch Normalization:
 * Accelerating Deep Network Training by Reducing Internal Covariate Shift" (arXiv 1502.03167),
 * figure 5. Two 3x3 convolutions replace each 5x5 convolution of GoogLeNet. The first convolution
 * is an ordinary one, where the paper's is separable. Convolutions have no bias, since a norm
 * follows.
 */
final class InceptionV2 {
  private static final InceptionStyle STYLE = new InceptionStyle(new Initializer.HeNormal(Fan.OUT));

  /**
   * A module, in the order of the table's columns. Without {@code one} it halves the image, and its
   * pool passes all channels.
   */
  private record Row(
      String name, int one, int reduce3, int three, int reduceDouble, int twice, int pool) {}

  //            name          #1x1  #3x3 reduce  #3x3  double #3x3 reduce  double #3x3  pool + proj
  private static final List<Row> ROWS =
      List.of(
          new Row("inception_3a", 64, 64, 64, 64, 96, 32),
          new Row("inception_3b", 64, 64, 96, 64, 96, 64),
          new Row("inception_3c", 0, 128, 160, 64, 96, 0),
          new Row("inception_4a", 224, 64, 96, 96, 128, 128),
          new Row("inception_4b", 192, 96, 128, 96, 128, 128),
          new Row("inception_4c", 160, 128, 160, 128, 160, 96),
          new Row("inception_4d", 96, 128, 192, 160, 192, 96),
          new Row("inception_4e", 0, 128, 192, 192, 256, 0),
          new Row("inception_5a", 352, 192, 320, 160, 224, 128),
          new Row("inception_5b", 352, 192, 320, 192, 224, 128));

  static final List<Model> MODELS =
      List.of(
          Model.imagenet("inception_v2", 224, InceptionV2::build)
              .published(74.8, "Ioffe and Szegedy 2015, figure 4"));

  private InceptionV2() {}

  private static Graph build(Shape input, int classes) {
    Value x = STYLE.conv(Value.input(input), "conv1", Convolution.of(64, 7).stride(2));
    x = x.pool(Pool.max(3, 2, 0).withCeil());
    x = STYLE.conv(STYLE.conv(x, "conv2_reduce", 64, 1), "conv2", 192, 3);
    x = x.pool(Pool.max(3, 2, 0).withCeil());
    for (Row row : ROWS) {
      boolean last = row.equals(ROWS.get(ROWS.size() - 1));
      x = x.within(row.name, v -> row.one > 0 ? inception(v, row, last) : reduction(v, row));
    }
    return x.globalAveragePool().linear("fc", classes).graph("inception_v2");
  }

  private static Value inception(Value x, Row row, boolean maximum) {
    Value one = STYLE.conv(x, "1x1", row.one, 1);
    Value three = STYLE.conv(STYLE.conv(x, "3x3_reduce", row.reduce3, 1), "3x3", row.three, 3);
    Value twice = STYLE.conv(x, "double_3x3_reduce", row.reduceDouble, 1);
    twice = STYLE.conv(twice, "double_3x3_1", row.twice, 3);
    twice = STYLE.conv(twice, "double_3x3_2", row.twice, 3);
    Value pool = maximum ? x.maxPool(3, 1, 1) : InceptionStyle.average(x);
    return Value.concat(one, three, twice, STYLE.conv(pool, "pool_proj", row.pool, 1));
  }

  private static Value reduction(Value x, Row row) {
    Value three = STYLE.conv(x, "3x3_reduce", row.reduce3, 1);
    three = STYLE.conv(three, "3x3", Convolution.of(row.three, 3).stride(2));
    Value twice = STYLE.conv(x, "double_3x3_reduce", row.reduceDouble, 1);
    twice = STYLE.conv(twice, "double_3x3_1", row.twice, 3);
    twice = STYLE.conv(twice, "double_3x3_2", Convolution.of(row.twice, 3).stride(2));
    return Value.concat(three, twice, x.maxPool(3, 2, 1));
  }
}
