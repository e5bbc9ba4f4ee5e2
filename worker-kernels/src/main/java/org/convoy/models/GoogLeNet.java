package org.convoy.models;

import java.util.List;
import org.convoy.graph.BatchNorm;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Linear;
import org.convoy.graph.Pool;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Architecture;
import org.convoy.models.Models.Model;

/**
 * GoogLeNet: Szegedy et al. 2015, "Going Deeper with Convolutions", table 1.
 *
 * <p>This is torchvision's variant: batch normalisation follows each convolution, local response
 * normalisation is left out, kernels are 3x3 where the table says 5x5, the fourth pool has size 2,
 * and dropout is 0.2 where the paper has 0.4. The two auxiliary classifiers (section 5), which the
 * paper uses only in training, with losses of weight 0.3, are there if they are asked for; they see
 * 4x4 averages at any resolution. The last bias starts at zero.
 */
final class GoogLeNet implements Architecture {
  static final List<Model> MODELS =
      List.of(
          Model.imagenet("googlenet", 224, new GoogLeNet())
              .published(69.778, Published.TORCHVISION));

  private static final Initializer START = new Initializer.Normal(0.01);

  /** The channels of a module, in the order of the table's columns. */
  private record Row(
      String name, int one, int reduce3, int three, int reduce5, int five, int pool) {}

  //             name           #1x1  #3x3 reduce  #3x3  #5x5 reduce  #5x5  pool proj
  private static final List<Row> THREE =
      List.of(
          new Row("inception3a", 64, 96, 128, 16, 32, 32),
          new Row("inception3b", 128, 128, 192, 32, 96, 64));

  private static final List<Row> FOUR =
      List.of(
          new Row("inception4a", 192, 96, 208, 16, 48, 64),
          new Row("inception4b", 160, 112, 224, 24, 64, 64),
          new Row("inception4c", 128, 128, 256, 24, 64, 64),
          new Row("inception4d", 112, 144, 288, 32, 64, 64),
          new Row("inception4e", 256, 160, 320, 32, 128, 128));

  private static final List<Row> FIVE =
      List.of(
          new Row("inception5a", 256, 160, 320, 32, 128, 128),
          new Row("inception5b", 384, 192, 384, 48, 128, 128));

  private GoogLeNet() {}

  /** The two values that auxiliary classifiers read, and the classifier's result. */
  private record Trunk(Value first, Value second, Value result) {}

  @Override
  public Graph build(Shape input, int classes) {
    return trunk(input, classes).result().graph("googlenet");
  }

  @Override
  public Graph buildWithAuxiliary(Shape input, int classes, double weight) {
    Trunk trunk = trunk(input, classes);
    Value first = trunk.first().within("aux1", x -> auxiliary(x, classes));
    Value second = trunk.second().within("aux2", x -> auxiliary(x, classes));
    return trunk.result().graph("googlenet", weight, first, second);
  }

  private static Trunk trunk(Shape input, int classes) {
    Value x = conv(Value.input(input), "conv1", Convolution.of(64, 7).stride(2));
    x = x.pool(Pool.max(3, 2, 0).withCeil());
    x = conv(conv(x, "conv2", Convolution.of(64, 1)), "conv3", Convolution.of(192, 3));
    x = x.pool(Pool.max(3, 2, 0).withCeil());
    x = inceptions(x, THREE).pool(Pool.max(3, 2, 0).withCeil());
    Value first = inceptions(x, FOUR.subList(0, 1));
    Value second = inceptions(first, FOUR.subList(1, 4));
    x = inceptions(second, FOUR.subList(4, 5)).pool(Pool.max(2, 2, 0).withCeil());
    x = inceptions(x, FIVE).globalAveragePool().dropout("dropout", 0.2);
    return new Trunk(first, second, x.linear("fc", Linear.of(classes).initializer(START)));
  }

  private static Value auxiliary(Value x, int classes) {
    x = conv(x.adaptiveAveragePool(4), "conv", Convolution.of(128, 1)).flatten();
    x = x.linear("fc1", Linear.of(1024).initializer(START)).relu().dropout("dropout", 0.7);
    return x.linear("fc2", Linear.of(classes).initializer(START));
  }

  private static Value inceptions(Value x, List<Row> rows) {
    for (Row row : rows) {
      x = x.within(row.name(), v -> inception(v, row));
    }
    return x;
  }

  private static Value inception(Value x, Row row) {
    Value one = conv(x, "branch1", Convolution.of(row.one(), 1));
    Value three = conv(x, "branch2.0", Convolution.of(row.reduce3(), 1));
    three = conv(three, "branch2.1", Convolution.of(row.three(), 3));
    Value five = conv(x, "branch3.0", Convolution.of(row.reduce5(), 1));
    five = conv(five, "branch3.1", Convolution.of(row.five(), 3));
    Value pool = x.pool(Pool.max(3, 1, 1).withCeil());
    return Value.concat(one, three, five, conv(pool, "branch4.1", Convolution.of(row.pool(), 1)));
  }

  private static Value conv(Value x, String name, Convolution conv) {
    BatchNorm norm = new BatchNorm(1e-3, 0.1);
    return x.within(name, v -> v.conv("conv", conv.initializer(START)).norm("bn", norm).relu());
  }
}
