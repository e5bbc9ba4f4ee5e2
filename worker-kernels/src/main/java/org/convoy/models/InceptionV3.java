package org.convoy.models;

import java.util.List;
import org.convoy.graph.Convolution;
import org.convoy.graph.Graph;
import org.convoy.graph.Initializer;
import org.convoy.graph.Linear;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.models.Models.Architecture;
import org.convoy.models.Models.Model;

/**
 * Inception v3: Szegedy et al. 2016, "Rethinking the Inception Architecture for Computer Vision"
 * (arXiv 1512.00567), table 1 and figures 5 to 7 and 10. This is torchvision's variant. The
 * auxiliary classifier (section 4), which the paper uses only in training, is there if it is asked
 * for. Biases start at zero.
 */
final class InceptionV3 implements Architecture {
  private static final Initializer START = new Initializer.Normal(0.1);
  private static final InceptionStyle STYLE = new InceptionStyle(START);

  static final List<Model> MODELS =
      List.of(
          Model.imagenet("inception_v3", 299, new InceptionV3())
              .preprocessed(Preprocessing.IMAGENET)
              .published(77.294, Published.TORCHVISION));

  private InceptionV3() {}

  /** What the auxiliary classifier reads, and the classifier's result. */
  private record Trunk(Value middle, Value result) {}

  @Override
  public Graph build(Shape input, int classes) {
    return trunk(input, classes).result().graph("inception_v3");
  }

  @Override
  public Graph buildWithAuxiliary(Shape input, int classes, double weight) {
    Trunk trunk = trunk(input, classes);
    Value auxiliary = trunk.middle().within("AuxLogits", x -> auxiliary(x, classes));
    return trunk.result().graph("inception_v3", weight, auxiliary);
  }

  private static Trunk trunk(Shape input, int classes) {
    Value x = STYLE.valid(Value.input(input), "Conv2d_1a_3x3", 32, 2);
    x = STYLE.conv(STYLE.valid(x, "Conv2d_2a_3x3", 32, 1), "Conv2d_2b_3x3", 64, 3);
    x = STYLE.conv(x.maxPool(3, 2, 0), "Conv2d_3b_1x1", 80, 1);
    x = STYLE.valid(x, "Conv2d_4a_3x3", 192, 1).maxPool(3, 2, 0);
    x = x.within("Mixed_5b", v -> five(v, 32));
    x = x.within("Mixed_5c", v -> five(v, 64));
    x = x.within("Mixed_5d", v -> five(v, 64)).within("Mixed_6a", InceptionV3::toSeventeen);
    x = x.within("Mixed_6b", v -> six(v, 128));
    x = x.within("Mixed_6c", v -> six(v, 160));
    x = x.within("Mixed_6d", v -> six(v, 160));
    Value middle = x.within("Mixed_6e", v -> six(v, 192));
    x = middle.within("Mixed_7a", InceptionV3::toEight);
    x = x.within("Mixed_7b", InceptionV3::seven).within("Mixed_7c", InceptionV3::seven);
    x = x.globalAveragePool().dropout("dropout", 0.5);
    return new Trunk(middle, x.linear("fc", Linear.of(classes).initializer(START)));
  }

  private static Value auxiliary(Value x, int classes) {
    Convolution conv = Convolution.of(768, 5).padding(0);
    InceptionStyle small = new InceptionStyle(new Initializer.Normal(0.01));
    x = small.conv(STYLE.conv(x.averagePool(5, 3, 0), "conv0", 128, 1), "conv1", conv);
    Linear linear = Linear.of(classes).initializer(new Initializer.Normal(0.001));
    return x.globalAveragePool().linear("fc", linear);
  }

  /** Figure 5, over 35x35 positions. */
  private static Value five(Value x, int pooled) {
    Value one = STYLE.conv(x, "branch1x1", 64, 1);
    Value five = STYLE.conv(STYLE.conv(x, "branch5x5_1", 48, 1), "branch5x5_2", 64, 5);
    Value three = STYLE.conv(STYLE.conv(x, "branch3x3dbl_1", 64, 1), "branch3x3dbl_2", 96, 3);
    three = STYLE.conv(three, "branch3x3dbl_3", 96, 3);
    return Value.concat(one, five, three, pool(x, pooled));
  }

  /** Figure 10, from 35x35 to 17x17 positions. */
  private static Value toSeventeen(Value x) {
    Value three = STYLE.valid(x, "branch3x3", 384, 2);
    Value twice = STYLE.conv(STYLE.conv(x, "branch3x3dbl_1", 64, 1), "branch3x3dbl_2", 96, 3);
    return Value.concat(three, STYLE.valid(twice, "branch3x3dbl_3", 96, 2), x.maxPool(3, 2, 0));
  }

  /** Figure 6, over 17x17 positions. */
  private static Value six(Value x, int inner) {
    Value one = STYLE.conv(x, "branch1x1", 192, 1);
    Value seven = STYLE.conv(x, "branch7x7_1", inner, 1);
    seven = STYLE.conv(seven, "branch7x7_2", inner, 1, 7);
    seven = STYLE.conv(seven, "branch7x7_3", 192, 7, 1);
    Value twice = STYLE.conv(x, "branch7x7dbl_1", inner, 1);
    twice = STYLE.conv(twice, "branch7x7dbl_2", inner, 7, 1);
    twice = STYLE.conv(twice, "branch7x7dbl_3", inner, 1, 7);
    twice = STYLE.conv(twice, "branch7x7dbl_4", inner, 7, 1);
    twice = STYLE.conv(twice, "branch7x7dbl_5", 192, 1, 7);
    return Value.concat(one, seven, twice, pool(x, 192));
  }

  /** From 17x17 to 8x8 positions. */
  private static Value toEight(Value x) {
    Value three = STYLE.valid(STYLE.conv(x, "branch3x3_1", 192, 1), "branch3x3_2", 320, 2);
    Value seven = STYLE.conv(x, "branch7x7x3_1", 192, 1);
    seven = STYLE.conv(seven, "branch7x7x3_2", 192, 1, 7);
    seven = STYLE.conv(seven, "branch7x7x3_3", 192, 7, 1);
    return Value.concat(three, STYLE.valid(seven, "branch7x7x3_4", 192, 2), x.maxPool(3, 2, 0));
  }

  /** Figure 7, over 8x8 positions. */
  private static Value seven(Value x) {
    Value one = STYLE.conv(x, "branch1x1", 320, 1);
    Value three = STYLE.conv(x, "branch3x3_1", 384, 1);
    Value twice = STYLE.conv(STYLE.conv(x, "branch3x3dbl_1", 448, 1), "branch3x3dbl_2", 384, 3);
    return Value.concat(
        one,
        STYLE.conv(three, "branch3x3_2a", 384, 1, 3),
        STYLE.conv(three, "branch3x3_2b", 384, 3, 1),
        STYLE.conv(twice, "branch3x3dbl_3a", 384, 1, 3),
        STYLE.conv(twice, "branch3x3dbl_3b", 384, 3, 1),
        pool(x, 192));
  }

  private static Value pool(Value x, int channels) {
    return STYLE.conv(x.averagePool(3, 1, 1), "branch_pool", channels, 1);
  }
}
